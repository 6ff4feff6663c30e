import { filter, firstValueFrom, type Subscription, timeout } from 'rxjs';
import type { Snapshot } from './instance.js';
import type { InstanceSource } from './instance-source.js';

/** An instance as the contract puts it into what stands behind a source. */
export interface Entry {
  readonly host: string;
  readonly port: number;
  readonly weight?: number;
}

/** A source under test, with what stands behind it. */
export interface SourceUnderTest {
  readonly source: InstanceSource;
  /** Makes these the instances of a service, without touching other services. */
  put(service: string, entries: readonly Entry[]): Promise<void>;
  /** Makes the source unable to ask. */
  breakDown(): Promise<void>;
  /** Makes it able to ask again, with everything as it was. */
  mend(): Promise<void>;
  /** Closes the source and cleans up. */
  end(): Promise<void>;
}

const WITHIN_MS = 5_000;

/** Waits for a snapshot, for as long as a test may take. */
export function snapshotThat(
  source: InstanceSource,
  service: string,
  isWanted: (snapshot: Snapshot) => boolean,
): Promise<Snapshot> {
  return firstValueFrom(source.watch(service).pipe(filter(isWanted), timeout(WITHIN_MS)));
}

/** @returns the ports of a snapshot, in order */
export function ports({ instances }: Snapshot): number[] {
  return instances.map(({ port }) => port).sort((a, b) => a - b);
}

/** What every {@link InstanceSource} promises. Called in a spec file, once for each source. */
export function describeInstanceSource(name: string, make: () => Promise<SourceUnderTest>): void {
  describe(`InstanceSource: ${name}`, () => {
    let test: SourceUnderTest;
    let subscriptions: Subscription[];
    const one = { host: '127.0.0.1', port: 4001 };
    const two = { host: '127.0.0.1', port: 4002 };
    const having =
      (...wanted: number[]) =>
      (snapshot: Snapshot) =>
        ports(snapshot).join() === wanted.join();

    function record(service: string): Snapshot[] {
      const seen: Snapshot[] = [];
      subscriptions.push(test.source.watch(service).subscribe(snapshot => seen.push(snapshot)));
      return seen;
    }

    beforeEach(async () => {
      subscriptions = [];
      test = await make();
    });

    afterEach(async () => {
      for (const subscription of subscriptions) subscription.unsubscribe();
      await test.end();
    });

    it('gives the instances that are there', async () => {
      await test.put('catalog', [{ ...one, weight: 5 }, two]);
      const snapshot = await snapshotThat(test.source, 'catalog', having(4001, 4002));
      expect(snapshot).toMatchObject({ service: 'catalog', state: 'fresh' });
      expect(snapshot.instances.find(({ port }) => port === 4001)).toMatchObject({
        service: 'catalog',
        host: '127.0.0.1',
        weight: 5,
        tags: [],
        meta: {},
      });
      expect(test.source.snapshot('catalog')).toMatchObject({ instances: snapshot.instances, state: 'fresh' });
    });

    it('says nothing of a service that nobody watches', () => {
      expect(test.source.snapshot('catalog')).toBeUndefined();
    });

    it('gives an empty, fresh snapshot of a service that nobody knows, and its instances once there are some', async () => {
      expect(await snapshotThat(test.source, 'unheard-of', () => true)).toMatchObject({
        instances: [],
        state: 'fresh',
      });
      await test.put('unheard-of', [one]);
      await snapshotThat(test.source, 'unheard-of', having(4001));
    });

    it('follows instances that come, go and move', async () => {
      await test.put('catalog', [one]);
      await snapshotThat(test.source, 'catalog', having(4001));
      await test.put('catalog', [one, two]);
      await snapshotThat(test.source, 'catalog', having(4001, 4002));
      await test.put('catalog', [two]);
      await snapshotThat(test.source, 'catalog', having(4002));
      await test.put('catalog', [{ ...two, port: 4003 }]);
      await snapshotThat(test.source, 'catalog', having(4003));
    });

    it('keeps the objects of instances that did not change', async () => {
      await test.put('catalog', [one, two]);
      const before = await snapshotThat(test.source, 'catalog', having(4001, 4002));
      await test.put('catalog', [one, { ...two, weight: 9 }]);
      const after = await snapshotThat(test.source, 'catalog', ({ instances }) => instances.some(i => i.weight === 9));
      const byPort = (snapshot: Snapshot, port: number) => snapshot.instances.find(instance => instance.port === port);
      expect(byPort(after, 4001)).toBe(byPort(before, 4001));
      expect(byPort(after, 4002)).not.toBe(byPort(before, 4002));
    });

    it('emits nothing when other services change, or when the same is written again', async () => {
      await test.put('catalog', [one]);
      await snapshotThat(test.source, 'catalog', having(4001));
      const seen = record('catalog');
      await test.put('pricing', [two]);
      await snapshotThat(test.source, 'pricing', having(4002));
      await test.put('catalog', [one]);
      // What comes after in order has been seen: so has what came before.
      await test.put('catalog', [one, two]);
      await snapshotThat(test.source, 'catalog', having(4001, 4002));
      expect(seen.map(ports)).toEqual([[4001], [4001, 4002]]);
    });

    it('shares a watch: a second subscriber gets what is known at once, and the same objects', async () => {
      await test.put('catalog', [one]);
      const first = await snapshotThat(test.source, 'catalog', having(4001));
      const seen = record('catalog');
      expect(seen).toHaveLength(1);
      expect(seen[0]?.instances).toBe(first.instances);
    });

    it('keeps what it knew when it cannot ask, says so once, and is fresh again afterwards', async () => {
      await test.put('catalog', [one, two]);
      const before = await snapshotThat(test.source, 'catalog', having(4001, 4002));
      const seen = record('catalog');
      await test.breakDown();
      const during = await snapshotThat(test.source, 'catalog', ({ state }) => state === 'last-known-good');
      expect(during.instances).toBe(before.instances);
      expect(during.confirmedAt).toBeLessThanOrEqual(test.source.snapshot('catalog')!.confirmedAt);
      await test.mend();
      const after = await snapshotThat(test.source, 'catalog', ({ state }) => state === 'fresh');
      expect(after.instances).toBe(before.instances);
      expect(after.confirmedAt).toBeGreaterThan(during.confirmedAt);
      expect(seen.map(({ state }) => state)).toEqual(['fresh', 'last-known-good', 'fresh']);
      await test.put('catalog', [two]);
      await snapshotThat(test.source, 'catalog', having(4002));
    });

    it('completes its watches when it is closed, twice too', async () => {
      await test.put('catalog', [one]);
      await snapshotThat(test.source, 'catalog', having(4001));
      const completed = new Promise<void>(resolve => {
        subscriptions.push(test.source.watch('catalog').subscribe({ complete: resolve }));
      });
      await Promise.all([test.source.close(), test.source.close()]);
      await completed;
      expect(test.source.snapshot('catalog')).toBeDefined();
    });
  });
}
