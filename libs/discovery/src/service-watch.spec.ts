import { entries, WatchRig } from './service-watch.test-rig.js';

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

  it('says at which index and when it was answered last, also while Consul is away', async () => {
    await rig.passes(5);
    await rig.answers('17', entries('a'));
    await rig.passes(100);
    await rig.fails(new Error('gone'));
    expect(rig.watch.snapshot).toMatchObject({ index: '17', confirmedAt: 5, state: 'last-known-good' });
  });
});
