import { seededRandom } from '../test/seeded-random.js';
import { type BreakerState, CIRCUIT_BREAKER_DEFAULTS, CircuitBreaker, REFUSED } from './circuit-breaker.js';

describe('CircuitBreaker', () => {
  let changes: string[];
  let breaker: CircuitBreaker;

  const fail = (now: number, times = 1) => {
    for (let call = 0; call < times; call++) breaker.failed(breaker.admit(now), now);
  };
  const succeed = (now: number, times = 1) => {
    for (let call = 0; call < times; call++) breaker.succeeded(breaker.admit(now), now);
  };

  beforeEach(() => {
    changes = [];
    breaker = new CircuitBreaker(CIRCUIT_BREAKER_DEFAULTS, ({ kind }, now) => changes.push(`${kind} at ${now}`));
  });

  it('opens at the failure that makes half of at least 20 calls', () => {
    succeed(0, 10);
    fail(100, 9);
    expect(breaker.state.kind).toBe('closed');
    fail(200);
    expect(changes).toEqual(['open at 200']);
    expect(breaker.admit(200)).toBe(REFUSED);
  });

  it('stays closed below 20 calls in any ten seconds, however many fail', () => {
    for (let now = 0; now < 600_000; now += 600) fail(now);
    expect(breaker.state.kind).toBe('closed');
  });

  it('stays closed while fewer than half fail', () => {
    for (let now = 0; now < 60_000; now += 10) {
      succeed(now, 6);
      fail(now, 5);
    }
    expect(breaker.state.kind).toBe('closed');
  });

  it('tells how long it stays open', () => {
    fail(1_000, 20);
    expect(breaker.retryAfterMs(1_000)).toBe(5_000);
    expect(breaker.retryAfterMs(4_500)).toBe(1_500);
    expect(breaker.retryAfterMs(9_000)).toBe(0);
  });

  it('lets three probes through after five seconds, and closes when all are good', () => {
    fail(0, 20);
    expect(breaker.admit(4_999)).toBe(REFUSED);
    const probes = [1, 2, 3].map(() => breaker.admit(5_000));
    expect(probes).not.toContain(REFUSED);
    expect(breaker.admit(5_000)).toBe(REFUSED);
    for (const probe of probes) breaker.succeeded(probe, 5_010);
    expect(changes).toEqual(['open at 0', 'half-open at 5000', 'closed at 5010']);
  });

  it.each([
    ['+ +', 'closed'],
    ['+ - +', 'closed'],
    ['- + +', 'closed'],
    ['+ -', 'half-open'],
    ['- -', 'open'],
    ['- + -', 'open'],
    ['+ - -', 'open'],
  ])('judges probes by the ratio that opened it: %s is %s', (outcomes, kind) => {
    fail(0, 20);
    for (const outcome of outcomes.split(' ')) (outcome === '+' ? succeed : fail)(5_000);
    expect(breaker.state.kind).toBe(kind);
  });

  it.each([
    [1, 0.5, '+', 'closed'],
    [1, 0.5, '-', 'open'],
    [4, 0.5, '+ + -', 'half-open'],
    [4, 0.5, '+ + - +', 'closed'],
    [4, 0.5, '+ + - -', 'open'],
    [3, 0.1, '-', 'open'],
    [3, 0.1, '+ + +', 'closed'],
    [3, 1, '- - +', 'closed'],
    [3, 1, '- - -', 'open'],
  ])('is sure after %s probes whatever the ratio (%s): %s is %s', (probes, failureRatio, outcomes, kind) => {
    breaker = new CircuitBreaker({ ...CIRCUIT_BREAKER_DEFAULTS, probes, failureRatio });
    fail(0, 20);
    for (const outcome of outcomes.split(' ')) (outcome === '+' ? succeed : fail)(5_000);
    expect(breaker.state.kind).toBe(kind);
  });

  it('is sure once all probes are over, whatever their number, the ratio and the outcomes', () => {
    const unsure: string[] = [];
    for (let probes = 1; probes <= 30; probes++) {
      for (let percent = 1; percent <= 100; percent++) {
        for (let good = 0; good <= probes; good++) {
          breaker = new CircuitBreaker({
            ...CIRCUIT_BREAKER_DEFAULTS,
            minCalls: 1,
            probes,
            failureRatio: percent / 100,
          });
          fail(0);
          const passes = Array.from({ length: probes }, () => breaker.admit(5_000));
          passes.forEach((pass, n) => (n < good ? breaker.succeeded(pass, 5_000) : breaker.failed(pass, 5_000)));
          if (breaker.state.kind === 'half-open') unsure.push(`${good} good of ${probes} at ${percent} %`);
        }
      }
    }
    expect(unsure).toEqual([]);
  });

  it('opens again for twice as long when most probes are bad, up to thirty seconds', () => {
    fail(0, 20);
    const opened: number[] = [];
    for (let now = 0; now < 200_000; now++) {
      for (let pass = breaker.admit(now); pass !== REFUSED; pass = breaker.admit(now)) breaker.failed(pass, now);
      if (changes.at(-1) === `open at ${now}` && now > 0) opened.push(now);
    }
    const gaps = opened.slice(1).map((instant, index) => instant - opened[index]!);
    expect(opened[0]).toBe(5_000);
    expect(gaps.slice(0, 5)).toEqual([10_000, 20_000, 30_000, 30_000, 30_000]);
  });

  it('lets probes through at once when there is reason to hope, and is no more patient for it', () => {
    breaker.hope();
    fail(0, 20);
    expect(breaker.admit(100)).toBe(REFUSED);
    breaker.hope();
    expect(breaker.retryAfterMs(100)).toBe(0);
    fail(100, 2);
    expect(changes).toEqual(['open at 0', 'half-open at 100', 'open at 100']);
    expect(breaker.retryAfterMs(100)).toBe(10_000);
    breaker.hope();
    succeed(200, 2);
    expect(breaker.state.kind).toBe('closed');
  });

  it('gives a cancelled probe’s place to another', () => {
    fail(0, 20);
    const probes = [1, 2, 3].map(() => breaker.admit(5_000));
    breaker.cancelled(probes[0]!);
    expect(breaker.admit(5_001)).not.toBe(REFUSED);
    expect(breaker.admit(5_001)).toBe(REFUSED);
  });

  it('leaves out calls that were admitted before it changed', () => {
    const late = breaker.admit(0);
    fail(0, 20);
    const probe = breaker.admit(5_000);
    breaker.failed(late, 5_001);
    breaker.succeeded(late, 5_001);
    breaker.cancelled(late);
    expect(breaker.state).toMatchObject({ kind: 'half-open', probesOut: 1, probesSucceeded: 0 });
    breaker.succeeded(probe, 5_002);
    expect(breaker.state).toMatchObject({ kind: 'half-open', probesOut: 0, probesSucceeded: 1 });
  });

  it('starts with an empty window after it closed, and with the first open time', () => {
    fail(0, 20);
    succeed(5_000, 2);
    fail(5_100, 19);
    expect(breaker.state.kind).toBe('closed');
    fail(5_101);
    expect(breaker.retryAfterMs(5_101)).toBe(5_000);
  });

  it.each([1, 2, 3, 4])('never has more than its probes under way half-open, and always recovers (seed %s)', seed => {
    const random = seededRandom(seed);
    const seen = new Set<BreakerState['kind']>();
    const open: { pass: number; admittedIn: BreakerState }[] = [];
    let now = 0;
    let violations = 0;
    for (let step = 0; step < 30_000; step++) {
      now += random() * 40;
      const pass = breaker.admit(now);
      seen.add(breaker.state.kind);
      if (pass !== REFUSED) open.push({ pass, admittedIn: breaker.state });
      const inThisState = open.filter(({ admittedIn }) => admittedIn === breaker.state).length;
      const { state } = breaker;
      if (state.kind === 'half-open' && (inThisState > 3 || state.probesOut !== inThisState)) violations++;
      while (open.length > random() * 8) {
        const { pass: ended } = open.splice(Math.floor(random() * open.length), 1)[0]!;
        const isSick = Math.floor(now / 40_000) % 2 === 1;
        const draw = random();
        if (draw < 0.1) breaker.cancelled(ended);
        else if (draw < (isSick ? 0.9 : 0.15)) breaker.failed(ended, now);
        else breaker.succeeded(ended, now);
      }
    }
    expect(violations).toBe(0);
    expect([...seen].sort()).toEqual(['closed', 'half-open', 'open']);
    for (const { pass } of open) breaker.cancelled(pass);
    for (let tries = 0; tries < 30; tries++) succeed((now += 5_000));
    expect(breaker.state.kind).toBe('closed');
  });
});
