import type { Instance, Snapshot } from 'guichet/discovery';
import { OutlierDetector } from 'guichet/resilience';
import { addressOf, Endpoint, type Judged } from './endpoint.js';
import type { Connections } from './transports/connections.js';

/** What an instance must keep to keep its connections. */
function identity(instance: Instance): string {
  return `${instance.id} ${addressOf(instance)}`;
}

/** The endpoints of one upstream, as the latest snapshot of its instances says. */
export class Endpoints implements Judged {
  private judge = new OutlierDetector<Endpoint>();
  private readonly byIdentity = new Map<string, Endpoint>();
  private current: readonly Endpoint[] = [];
  private readonly closing = new Set<Connections>();

  /**
   * @param openPool  makes the connections of an instance
   * @param onRefused told of an instance whose address cannot be used; it is left out
   */
  constructor(
    private readonly openPool: (instance: Instance) => Connections,
    private readonly onRefused: (instance: Instance, error: unknown) => void,
  ) {}

  /** Those that may be called now. A list is never changed: what picked from it keeps what it saw. */
  get list(): readonly Endpoint[] {
    return this.current;
  }

  /** Who says which of them are called. */
  get outliers(): OutlierDetector<Endpoint> {
    return this.judge;
  }

  /** Has another judge say which of them are called; what each has done so far stays known. */
  judgeBy(outliers: OutlierDetector<Endpoint>): void {
    this.judge = outliers;
    outliers.update(this.current);
  }

  /**
   * @param now  milliseconds
   * @returns whether any besides the given one may be called
   */
  hasOther(endpoint: Endpoint | undefined, now: number): boolean {
    return this.current.some(other => other !== endpoint && other.share(now) > 0);
  }

  /**
   * Takes a snapshot on: an instance that stays keeps its connections and counts, a new one gets its own, one that is
   * gone gets no new calls; calls under way there finish, then its connections close.
   */
  update(snapshot: Snapshot): void {
    const gone = new Map(this.byIdentity);
    for (const instance of snapshot.instances) {
      const key = identity(instance);
      const known = this.byIdentity.get(key);
      gone.delete(key);
      if (known) known.instance = instance;
      else this.add(key, instance);
    }
    for (const [key, endpoint] of gone) {
      this.byIdentity.delete(key);
      this.retire(endpoint.pool);
    }
    this.current = [...this.byIdentity.values()];
    this.judge.update(this.current);
  }

  /** Lets calls under way finish, then closes every connection; further calls find no instance. */
  async close(): Promise<void> {
    this.update({ service: '', instances: [], state: 'fresh', confirmedAt: 0 });
    await Promise.all([...this.closing].map(pool => pool.close()));
  }

  /** Closes every connection at once; what is under way there fails. */
  async destroy(): Promise<void> {
    await Promise.all([...this.closing].map(pool => pool.destroy()));
  }

  private add(key: string, instance: Instance): void {
    try {
      this.byIdentity.set(key, new Endpoint(instance, this.openPool(instance), this));
    } catch (error) {
      this.onRefused(instance, error);
    }
  }

  private retire(pool: Connections): void {
    this.closing.add(pool);
    const closed = (): void => void this.closing.delete(pool);
    pool.close().then(closed, closed);
  }
}
