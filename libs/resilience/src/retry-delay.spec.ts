import { seededRandom } from '../test/seeded-random.js';
import { NO_RETRY, retryDelayMs } from './retry-delay.js';

describe('retryDelayMs', () => {
  it('waits anything up to a ceiling that doubles', () => {
    expect([1, 2, 3].map(failures => retryDelayMs(failures, 10_000, 0, undefined, 0.5))).toEqual([12.5, 25, 50]);
    expect(retryDelayMs(1, 10_000, 0, undefined, 0)).toBe(0);
    expect(retryDelayMs(30, 10_000, 0, undefined, 0.999)).toBeLessThan(250);
  });

  it('waits at least as long as the upstream asked', () => {
    expect(retryDelayMs(1, 3_000, 100, 1_000, 0)).toBe(1_000);
    expect(retryDelayMs(1, 3_000, 100, 1_000, 0.5)).toBe(1_012.5);
  });

  it('does not retry where the upstream asked for more than is left', () => {
    expect(retryDelayMs(1, 999, 0, 1_000, 0)).toBe(NO_RETRY);
    expect(retryDelayMs(1, 1_050, 50, 1_000, 0)).toBe(NO_RETRY);
  });

  it('does not retry where an attempt could not finish, or nothing is known of what is left', () => {
    expect(retryDelayMs(1, 20, 20, undefined, 0)).toBe(NO_RETRY);
    expect(retryDelayMs(1, -5, 0, undefined, 0)).toBe(NO_RETRY);
    expect(retryDelayMs(1, Number.NaN, 0, undefined, 0)).toBe(NO_RETRY);
  });

  it('cuts the jitter rather than giving up', () => {
    expect(retryDelayMs(4, 60, 50, undefined, 0.99)).toBe(10);
  });

  it('always leaves time for an attempt and never disobeys', () => {
    const random = seededRandom(3);
    let retried = 0;
    for (let trial = 0; trial < 5_000; trial++) {
      const [leftMs, attemptMs] = [random() * 1_000, random() * 300];
      const retryAfterMs = random() < 0.5 ? random() * 1_000 : undefined;
      const delayMs = retryDelayMs(1 + Math.floor(random() * 5), leftMs, attemptMs, retryAfterMs, random());
      if (delayMs === NO_RETRY) continue;
      retried++;
      if (delayMs + attemptMs > leftMs + 1e-9 || delayMs < (retryAfterMs ?? 0)) throw new Error(`trial ${trial}`);
    }
    expect(retried).toBeGreaterThan(1_000);
  });
});
