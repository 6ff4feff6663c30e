import { seededRandom } from '../test/seeded-random.js';
import { ADAPTIVE_LIMIT_DEFAULTS, AdaptiveLimit } from './adaptive-limit.js';

/** An upstream that works on `capacity` calls at once, `serviceMs` each, the rest queueing; asked as often as the limit lets. */
function saturate(limit: AdaptiveLimit, capacity: number, serviceMs: number, fromMs: number, forMs: number): number {
  const random = seededRandom(5);
  let now = fromMs;
  while (now < fromMs + forMs) {
    const inFlight = limit.limit;
    const latencyMs = serviceMs * Math.max(1, inFlight / capacity) * (0.9 + random() * 0.2);
    now += latencyMs / inFlight;
    limit.succeeded(latencyMs, inFlight, now);
  }
  return now;
}

describe('AdaptiveLimit', () => {
  it('starts where it is told', () => {
    expect(new AdaptiveLimit().limit).toBe(20);
  });

  it('grows while latency stays what it is, to its maximum', () => {
    const limit = new AdaptiveLimit({ ...ADAPTIVE_LIMIT_DEFAULTS, maxLimit: 60 });
    saturate(limit, 10_000, 10, 0, 20_000);
    expect(limit.limit).toBe(60);
  });

  it('stays where it is when nobody reaches it', () => {
    const limit = new AdaptiveLimit();
    for (let now = 0; now < 60_000; now += 5) limit.succeeded(10, 3, now);
    expect(limit.limit).toBe(20);
  });

  it('keeps latency within twice the unloaded one under an overload of a minute and a half', () => {
    const limit = new AdaptiveLimit();
    saturate(limit, 40, 10, 0, 90_000);
    expect(limit.limit).toBeGreaterThanOrEqual(40);
    // Twice is what accepted calls may take under overload.
    expect(limit.limit).toBeLessThanOrEqual(80);
  });

  it('shrinks within two seconds when the upstream becomes six times slower, and mostly grows back within ten', () => {
    const limit = new AdaptiveLimit();
    let now = saturate(limit, 60, 10, 0, 30_000);
    const before = limit.limit;
    now = saturate(limit, 60, 60, now, 2_000);
    expect(limit.limit).toBeLessThan(before * 0.65);
    now = saturate(limit, 60, 10, now, 10_000);
    expect(limit.limit).toBeGreaterThan(before * 0.75);
  });

  it('shrinks when calls are dropped, however fast, and not below its least', () => {
    const limit = new AdaptiveLimit();
    for (let now = 0; now < 1_000; now += 10) limit.succeeded(20, 20, now);
    const before = limit.limit;
    for (let now = 1_000; now < 2_000; now += 10) {
      limit.succeeded(20, 20, now);
      limit.dropped(0.1, 20, now);
    }
    expect(limit.limit).toBeLessThan(before);
    for (let now = 2_000; now < 60_000; now += 10) limit.dropped(1_000, limit.limit, now);
    expect(limit.limit).toBe(4);
  });

  it('does not move before it has ten latencies', () => {
    const limit = new AdaptiveLimit();
    for (let call = 0; call < 9; call++) limit.dropped(1_000, 20, call * 1_000);
    expect(limit.limit).toBe(20);
    limit.dropped(1_000, 20, 9_000);
    expect(limit.limit).toBeLessThan(20);
  });

  it.each([1, 2, 3])('stays within its bounds whatever it is told (seed %s)', seed => {
    const random = seededRandom(seed);
    const limit = new AdaptiveLimit();
    const seen = new Set<number>();
    let now = 0;
    for (let step = 0; step < 50_000; step++) {
      now += random() * 20;
      const latencyMs = random() ** 6 * 5_000;
      const inFlight = Math.floor(random() * 250);
      seen.add(random() < 0.02 ? limit.dropped(latencyMs, inFlight, now) : limit.succeeded(latencyMs, inFlight, now));
    }
    const { minLimit, maxLimit } = ADAPTIVE_LIMIT_DEFAULTS;
    for (const value of seen) {
      if (!Number.isInteger(value) || value < minLimit || value > maxLimit) throw new Error(`limit ${value}`);
    }
    expect(seen.size).toBeGreaterThan(5);
  });
});
