import { ManualClock } from 'guichet/testing';
import { NOT_WAITING, type TimerEntry, TimerWheel } from './timer-wheel.js';

const RESOLUTION_MS = 4;
const SLOTS = 16;
const TURN_MS = RESOLUTION_MS * SLOTS;

class Entry implements TimerEntry {
  timerDueAt = NOT_WAITING;
  timerNext: TimerEntry | null = null;
  timerPrevious: TimerEntry | null = null;
  readonly firedAt: number[] = [];

  constructor(
    private readonly clock: ManualClock,
    private readonly whenDue: () => void = () => undefined,
  ) {}

  onDue(): void {
    this.firedAt.push(this.clock.now());
    this.whenDue();
  }
}

describe('TimerWheel', () => {
  let clock: ManualClock;
  let wheel: TimerWheel;
  const entry = (whenDue?: () => void) => new Entry(clock, whenDue);

  beforeEach(() => {
    clock = new ManualClock(1003.5);
    wheel = new TimerWheel(clock, RESOLUTION_MS, SLOTS);
  });

  it.each([0, 1, 3.9, 4, 5, 17, TURN_MS - 1, TURN_MS, TURN_MS + 1, 3 * TURN_MS + 7])(
    'fires once, never early and at most two slots late, after %s ms',
    delayMs => {
      const waiting = entry();
      wheel.schedule(waiting, delayMs);
      clock.advance(delayMs + 2 * RESOLUTION_MS + 10 * TURN_MS);
      expect(waiting.firedAt).toHaveLength(1);
      const lateMs = waiting.firedAt[0]! - (1003.5 + delayMs);
      expect(lateMs).toBeGreaterThanOrEqual(0);
      expect(lateMs).toBeLessThanOrEqual(2 * RESOLUTION_MS);
      expect(wheel.size).toBe(0);
    },
  );

  it('does not let a due time in the past wait a whole turn', () => {
    const others = entry();
    wheel.schedule(others, 10 * TURN_MS);
    clock.advance(21);
    const late = entry();
    wheel.schedule(late, -5000);
    clock.advance(2 * RESOLUTION_MS);
    expect(late.firedAt).toHaveLength(1);
  });

  it('bears an entry that takes out the next one while it fires', () => {
    const third = entry();
    const second = entry();
    const first = entry(() => wheel.cancel(second));
    for (const waiting of [first, second, third]) wheel.schedule(waiting, 10);
    clock.advance(TURN_MS);
    expect([first, second, third].map(({ firedAt }) => firedAt.length)).toEqual([1, 0, 1]);
    expect(wheel.size).toBe(0);
  });

  it('bears an entry that takes out the one before it, or itself, while it fires', () => {
    const first = entry();
    const second: Entry = entry(() => {
      wheel.cancel(first);
      wheel.cancel(second);
    });
    const third = entry();
    for (const waiting of [first, second, third]) wheel.schedule(waiting, 10);
    clock.advance(TURN_MS);
    expect([first, second, third].map(({ firedAt }) => firedAt.length)).toEqual([1, 1, 1]);
    expect(wheel.size).toBe(0);
  });

  it('lets an entry schedule itself again while it fires, without firing it in the same tick', () => {
    let rounds = 0;
    const again: Entry = entry(() => {
      if (++rounds < 3) wheel.schedule(again, 0);
    });
    wheel.schedule(again, 0);
    clock.advance(TURN_MS);
    expect(again.firedAt).toHaveLength(3);
    expect(new Set(again.firedAt).size).toBe(3);
  });

  it('fires nothing that was taken out, and bears taking it out twice', () => {
    const gone = entry();
    wheel.schedule(gone, 10);
    wheel.cancel(gone);
    wheel.cancel(gone);
    expect(wheel.size).toBe(0);
    expect(gone).toMatchObject({ timerDueAt: NOT_WAITING, timerNext: null, timerPrevious: null });
    clock.advance(TURN_MS);
    expect(gone.firedAt).toEqual([]);
  });

  it('moves an entry that is scheduled again', () => {
    const moved = entry();
    wheel.schedule(moved, 10);
    wheel.schedule(moved, 40);
    expect(wheel.size).toBe(1);
    clock.advance(30);
    expect(moved.firedAt).toEqual([]);
    clock.advance(30);
    expect(moved.firedAt).toHaveLength(1);
  });

  it('fires everything that is overdue after the process stood still', () => {
    const entries = [1, 30, 5 * TURN_MS].map(delayMs => {
      const waiting = entry();
      wheel.schedule(waiting, delayMs);
      return waiting;
    });
    // A jump of the clock without the timers on the way: what a blocked event loop looks like.
    (clock as unknown as { instant: number }).instant += 6 * TURN_MS;
    clock.advance(0);
    expect(entries.map(({ firedAt }) => firedAt.length)).toEqual([1, 1, 1]);
  });

  it('goes on with the others when one throws', () => {
    const bad = entry(() => {
      throw new Error('bad');
    });
    const good = entry();
    wheel.schedule(bad, 5);
    wheel.schedule(good, 5);
    expect(() => clock.advance(TURN_MS)).toThrow('bad');
    clock.advance(TURN_MS);
    expect(good.firedAt).toHaveLength(1);
  });

  it('sets no timer while nothing waits', () => {
    const setTimer = jest.spyOn(clock, 'setTimer');
    clock.advance(TURN_MS);
    expect(setTimer).not.toHaveBeenCalled();
    wheel.schedule(entry(), 5);
    clock.advance(TURN_MS);
    const used = setTimer.mock.calls.length;
    clock.advance(10 * TURN_MS);
    expect(setTimer).toHaveBeenCalledTimes(used);
  });

  it('agrees with a sorted list over thousands of random delays', () => {
    let seed = 42;
    const random = () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
    const expected = new Map<Entry, number>();
    for (let i = 0; i < 3000; i++) {
      const waiting = entry();
      const delayMs = random() * 5 * TURN_MS;
      wheel.schedule(waiting, delayMs);
      if (random() < 0.3) wheel.cancel(waiting);
      else expected.set(waiting, clock.now() + delayMs);
      clock.advance(random() * 3);
    }
    clock.advance(6 * TURN_MS);
    for (const [{ firedAt }, dueAt] of expected) {
      expect(firedAt).toHaveLength(1);
      expect(firedAt[0]! - dueAt).toBeGreaterThanOrEqual(0);
      expect(firedAt[0]! - dueAt).toBeLessThanOrEqual(2 * RESOLUTION_MS);
    }
    expect(wheel.size).toBe(0);
  });
});
