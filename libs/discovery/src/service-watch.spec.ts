import type { Instance } from './instance.js';
import { entries, WatchRig } from './service-watch.test-rig.js';

describe('a watch that remembers', () => {
  const known: Instance = Object.freeze({
    id: 'a',
    service: 'catalog',
    host: 'a.test',
    port: 80,
    weight: 1,
    tags: [],
    meta: {},
  });
  const begin = () => new WatchRig(undefined, [known]);
  const told = ({ watch }: WatchRig) =>
    watch.snapshot && `${watch.snapshot.state} ${watch.snapshot.instances.map(({ id }) => id).join()}`;

  it('knows what an earlier process knew once Consul fails, or has not answered for a second', async () => {
    const failing = begin();
    await failing.passes(1);
    expect(told(failing)).toBeUndefined();
    await failing.fails(new Error('away'));
    expect(told(failing)).toBe('last-known-good a');
    failing.watch.close();

    const silent = begin();
    await silent.passes(999);
    expect(told(silent)).toBeUndefined();
    await silent.passes(1);
    expect(told(silent)).toBe('last-known-good a');
    await silent.answers('1', entries('b', 'a'));
    expect(told(silent)).toBe('fresh a,b');
    silent.watch.close();
  });

  it('does not look at it where Consul answers', async () => {
    const rig = begin();
    await rig.passes(1);
    await rig.answers('1', entries('b'));
    await rig.passes(2_000);
    expect(told(rig)).toBe('fresh b');
    rig.watch.close();
  });
});

describe('ServiceWatch', () => {
  let rig: WatchRig;

  beforeEach(() => (rig = new WatchRig()));
  afterEach(() => rig.watch.close());

  it('tells of instances that change, and not of an answer that changes nothing', async () => {
    await rig.answers('1', entries('a', 'b'));
    await rig.answers('2', entries('a', 'b'));
    await rig.answers('3', entries('a'));
    expect(rig.events.told).toEqual(['updated fresh 2', 'updated fresh 1']);
  });

  it('tells once that all vanished in one step, keeps them for a minute, and then believes it', async () => {
    await rig.answers('1', entries('a', 'b', 'c'));
    await rig.answers('2', []);
    await rig.answers('3', []);
    expect(rig.watch.snapshot).toMatchObject({ state: 'last-known-good', instances: [{}, {}, {}] });
    await rig.passes(59_999);
    expect(rig.watch.snapshot?.instances).toHaveLength(3);
    await rig.passes(1);
    expect(rig.watch.snapshot).toMatchObject({ state: 'fresh', instances: [] });
    expect(rig.events.told).toEqual([
      'updated fresh 3',
      'emptied catalog 3 60000',
      'updated last-known-good 3',
      'updated fresh 0',
    ]);
  });

  it('believes at once, and tells of no trouble, when they go one by one', async () => {
    await rig.answers('1', entries('a', 'b'));
    await rig.answers('2', entries('a'));
    await rig.answers('3', []);
    expect(rig.events.told).toEqual(['updated fresh 2', 'updated fresh 1', 'updated fresh 0']);
  });

  it('tells of every query that fails, and logs the first', async () => {
    await rig.answers('1', entries('a'));
    await rig.fails(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
    await rig.passes(1_500);
    await rig.fails(Object.assign(new Error('x'), { statusCode: 500 }));
    expect(rig.events.told).toEqual([
      'updated fresh 1',
      'queryFailed catalog ECONNREFUSED',
      'updated last-known-good 1',
      'queryFailed catalog status 500',
    ]);
    expect(rig.warnings).toHaveLength(1);
  });

  it('says once why Consul refuses, also after it was away, and again once it had answered', async () => {
    const denied = Object.assign(new Error('Permission denied'), { statusCode: 403 });
    const unknown = Object.assign(new Error('ACL not found'), { statusCode: 403 });
    const away = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    await rig.answers('1', entries('a'));
    expect(rig.watch.trouble).toBeUndefined();
    for (const error of [away, denied, away, denied, unknown, denied]) {
      await rig.fails(error);
      await rig.passes(1_600);
    }
    const refused =
      /^catalog: Consul refuses \(.*needs service "catalog" \{ policy = "read" \}\), keeping 1 instances$/;
    expect(rig.warnings).toEqual([
      'catalog: Consul does not answer (ECONNREFUSED), keeping 1 instances',
      expect.stringMatching(refused),
      expect.stringMatching(/^catalog: Consul refuses \(it knows no such token/),
    ]);
    expect(rig.watch.trouble).toMatch(/needs service "catalog"/);
    expect(rig.watch.snapshot).toMatchObject({ state: 'last-known-good', instances: [{}] });
    await rig.answers('2', entries('a'));
    expect(rig.watch.trouble).toBeUndefined();
    await rig.fails(denied);
    expect(rig.warnings.slice(3)).toEqual([expect.stringMatching(refused)]);
  });

  it('says at which index and when it was answered last, also while Consul is away', async () => {
    await rig.passes(5);
    await rig.answers('17', entries('a'));
    await rig.passes(100);
    await rig.fails(new Error('gone'));
    expect(rig.watch.snapshot).toMatchObject({ index: '17', confirmedAt: 5, state: 'last-known-good' });
  });
});
