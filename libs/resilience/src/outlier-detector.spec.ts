import { seededRandom } from '../test/seeded-random.js';
import { InstanceHealth } from './instance-health.js';
import { OUTLIER_DEFAULTS, OutlierDetector } from './outlier-detector.js';

class Member {
  readonly health = new InstanceHealth();

  constructor(readonly name: string) {}
}

describe('OutlierDetector', () => {
  let changes: string[];
  let detector: OutlierDetector<Member>;
  let members: Member[];
  let sick: Member;

  const use = (count: number) => {
    members = Array.from({ length: count }, (_, index) => new Member(String.fromCodePoint(97 + index)));
    sick = members[0]!;
    detector.update(members);
  };
  const fail = (member: Member, now: number, times = 5) => {
    for (let call = 0; call < times; call++) detector.failed(member, now);
  };
  const shares = (now: number) => {
    detector.refresh(now);
    return members.map(member => detector.share(member, now));
  };

  beforeEach(() => {
    changes = [];
    detector = new OutlierDetector<Member>(OUTLIER_DEFAULTS, ({ name }, { kind }, now) =>
      changes.push(`${name} ${kind} at ${now}`),
    );
    use(3);
  });

  it('ejects after five failures in a row', () => {
    fail(sick, 0, 4);
    detector.succeeded(sick, 0);
    fail(sick, 0, 4);
    expect(shares(0)).toEqual([1, 1, 1]);
    fail(sick, 1, 1);
    expect(shares(1)).toEqual([0, 1, 1]);
    expect(changes).toEqual(['a ejected at 1']);
  });

  it('ejects at a failure ratio that never makes five in a row, once there are enough calls', () => {
    for (let call = 0; call < 9; call++) {
      detector.succeeded(sick, call);
      detector.failed(sick, call);
    }
    detector.succeeded(sick, 9);
    expect(sick.health.state.kind).toBe('serving');
    detector.failed(sick, 10);
    expect(sick.health.state).toMatchObject({ kind: 'ejected', cause: 'failure-ratio', until: 10_010 });
  });

  it('lets it come back after ten seconds, with a share that rises over ten more', () => {
    fail(sick, 0);
    expect(shares(9_999)).toEqual([0, 1, 1]);
    expect(shares(10_000)).toEqual([0.1, 1, 1]);
    expect(shares(15_000)).toEqual([0.5, 1, 1]);
    expect(shares(20_000)).toEqual([1, 1, 1]);
  });

  it('sends one that came back unseen away at its first failure, ten seconds longer each time, five minutes at most', () => {
    fail(sick, 0);
    const lengths: number[] = [];
    let now = 0;
    for (let round = 0; round < 40; round++) {
      const { state } = sick.health;
      if (state.kind !== 'ejected') throw new Error('not ejected');
      lengths.push(state.until - now);
      now = state.until;
      shares(now);
      fail(sick, now, 1);
    }
    expect(lengths.slice(0, 4)).toEqual([10_000, 20_000, 30_000, 40_000]);
    expect(lengths.slice(29)).toEqual(Array.from({ length: 11 }, () => 300_000));
  });

  it('believes one that came back at its first success', () => {
    fail(sick, 0);
    shares(10_000);
    detector.succeeded(sick, 10_001);
    fail(sick, 10_002, 4);
    expect(sick.health.state.kind).toBe('serving');
  });

  it('forgets an ejection for every ten seconds served', () => {
    fail(sick, 0);
    shares(10_000);
    fail(sick, 10_000);
    shares(30_000);
    detector.succeeded(sick, 30_000);
    fail(sick, 50_000);
    expect(sick.health.state).toMatchObject({ until: 60_000 });
  });

  it.each([
    [1, 0],
    [2, 1],
    [3, 1],
    [4, 2],
    [5, 2],
  ])('of %s instances that all fail, ejects %s', (count, ejected) => {
    use(count);
    for (const member of members) fail(member, 0, 50);
    expect(detector.ejected).toBe(ejected);
    expect(detector.isPanicking).toBe(false);
  });

  it('lets the one that was ejected first back in for one that fails now, a second later at the soonest', () => {
    fail(sick, 0);
    fail(members[1]!, 999);
    expect(shares(999)).toEqual([0, 1, 1]);
    fail(members[1]!, 1_000, 1);
    expect(shares(1_000)).toEqual([0.1, 0, 1]);
    expect(changes).toEqual(['a ejected at 0', 'a serving at 1000', 'b ejected at 1000']);
    // It is still unwell: it waits for its second, with the little that comes back to it.
    fail(sick, 1_500, 3);
    expect(shares(1_500)).toEqual([0.1, 0, 1]);
    fail(sick, 2_000, 1);
    expect(shares(2_000)).toEqual([0, 0.1, 1]);
  });

  it('exchanges nobody where nobody may be ejected', () => {
    use(1);
    fail(sick, 0);
    fail(sick, 5_000);
    expect(changes).toEqual([]);
  });

  it('uses all when more than half of those that are left are ejected', () => {
    use(4);
    fail(members[0]!, 0);
    fail(members[1]!, 0);
    members = members.slice(0, 3);
    detector.update(members);
    expect(detector.isPanicking).toBe(true);
    expect(shares(1)).toEqual([1, 1, 1]);
  });

  it('ejects nobody that has left', () => {
    detector.update(members.slice(1));
    fail(sick, 0);
    expect([detector.ejected, sick.health.state.kind]).toEqual([0, 'serving']);
  });

  it('gives a single call every five seconds to one that failed in a row, and believes a good one', () => {
    fail(sick, 0);
    expect(detector.claimTrial(4_999)).toBeUndefined();
    expect(detector.claimTrial(5_000)).toBe(sick);
    expect(detector.claimTrial(5_001)).toBeUndefined();
    detector.succeeded(sick, 5_010);
    expect(shares(5_010)).toEqual([0.1, 1, 1]);
    expect(changes).toEqual(['a ejected at 0', 'a serving at 5010']);
  });

  it('waits five seconds after a bad or cancelled trial, and for the outcome of one that is out', () => {
    use(3);
    sick.health.ejections = 20;
    sick.health.state = { kind: 'serving', since: 0 };
    fail(sick, 0);
    expect(detector.claimTrial(5_000)).toBe(sick);
    expect(detector.claimTrial(10_000)).toBeUndefined();
    detector.failed(sick, 10_001);
    expect(detector.claimTrial(10_002)).toBe(sick);
    detector.cancelled(sick);
    expect(detector.claimTrial(15_001)).toBeUndefined();
    expect(detector.claimTrial(15_002)).toBe(sick);
    expect(sick.health.state.kind).toBe('ejected');
  });

  it('does not take a late success from before for a good trial', () => {
    fail(sick, 0);
    detector.succeeded(sick, 100);
    expect(sick.health.state.kind).toBe('ejected');
  });

  it('gives no trial to one that fails now and then', () => {
    for (let call = 0; call < 10; call++) {
      detector.succeeded(sick, 0);
      detector.failed(sick, 0);
    }
    expect(sick.health.state).toMatchObject({ cause: 'failure-ratio' });
    expect(detector.claimTrial(9_999)).toBeUndefined();
  });

  it.each([1, 2, 3])('never ejects more than half, whatever happens, and counts right (seed %s)', seed => {
    const random = seededRandom(seed);
    let now = 0;
    let violations = 0;
    use(7);
    for (let step = 0; step < 20_000; step++) {
      now += random() * 50;
      detector.refresh(now);
      const member = detector.claimTrial(now) ?? members[Math.floor(random() * members.length)]!;
      const draw = random();
      if (draw < 0.05) detector.cancelled(member);
      else if (draw < 0.6) detector.failed(member, now);
      else detector.succeeded(member, now);
      const ejected = members.filter(({ health }) => health.state.kind === 'ejected').length;
      if (detector.ejected !== ejected || ejected > 3) violations++;
    }
    expect(violations).toBe(0);
    expect(changes.length).toBeGreaterThan(100);
  });
});
