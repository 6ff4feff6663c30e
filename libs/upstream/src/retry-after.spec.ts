import { retryAfterMs } from './retry-after.js';

const now = (): number => Date.UTC(2026, 0, 1);

describe('retryAfterMs', () => {
  it.each([
    ['3', 3_000],
    ['0', 0],
    ['Thu, 01 Jan 2026 00:00:05 GMT', 5_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
  ])('reads %p as %p', (value, ms) => {
    expect(retryAfterMs(value, now)).toBe(ms);
  });
});
