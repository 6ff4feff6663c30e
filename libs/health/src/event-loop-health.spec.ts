import { EventLoopHealth } from './event-loop-health.js';

describe('EventLoopHealth', () => {
  let health: EventLoopHealth;
  let now: number;

  /** Looks every 250 ms. */
  const look = (lateMs: number, forMs: number): boolean => {
    for (const until = now + forMs; now < until;) health.saw(lateMs, (now += 250));
    return health.isWell;
  };

  beforeEach(() => {
    now = 1_000;
    health = new EventLoopHealth({ maxEventLoopDelayMs: 500, eventLoopPatienceMs: 10_000 });
  });

  it('is well under a load that shedding is for, however long', () => {
    expect(look(400, 3_600_000)).toBe(true);
  });

  it('is unwell after ten seconds of stalling without a break', () => {
    expect(look(501, 10_000)).toBe(true);
    expect(look(501, 250)).toBe(false);
  });

  it('forgives a stall that ends', () => {
    expect(look(5_000, 9_000)).toBe(true);
    look(20, 250);
    expect(look(5_000, 10_000)).toBe(true);
  });

  it('comes back after five seconds in time, not at the first good look', () => {
    look(900, 11_000);
    expect(look(20, 5_000)).toBe(false);
    expect(look(20, 250)).toBe(true);
  });

  it('does not come back while it hovers about the limit', () => {
    look(900, 11_000);
    for (let second = 0; second < 60; second++) {
      expect(look(450, 500)).toBe(false);
      expect(look(20, 500)).toBe(false);
    }
  });
});
