import { ManualClock } from 'guichet/testing';
import { Door } from './door.js';
import { EventLoopDelay } from './event-loop-delay.js';
import type { PageGate } from './page-gate.js';
import { sheddingOptionsSchema } from './shedding.options.js';

class ManualDelay extends EventLoopDelay {
  lateMs = 0;
  isClosed = false;
  takeMs(): number {
    return this.lateMs;
  }
  close(): void {
    this.isClosed = true;
  }
}

describe('the door', () => {
  const clock = new ManualClock();
  const delay = new ManualDelay();
  let door: Door;

  beforeEach(() => {
    delay.lateMs = 0;
    door = new Door(sheddingOptionsSchema.parse({}), delay, clock);
  });
  afterEach(() => door.onApplicationShutdown());

  const enter = (gate: PageGate, times: number): number =>
    Array.from({ length: times }, () => gate.enter()).filter(Boolean).length;

  it('lets all in while nothing is late', () => {
    const gate = door.gate('Film', 'normal')!;
    expect(enter(gate, 5_000)).toBe(5_000);
    expect(door.inFlight).toBe(5_000);
    gate.leave();
    expect([gate.inFlight, door.inFlight]).toEqual([4_999, 4_999]);
  });

  it('turns the low away first, then the normal, then the high, while the event loop is late', () => {
    const gates = (['low', 'normal', 'high'] as const).map(priority => door.gate(priority, priority)!);
    enter(gates[1]!, 200);
    delay.lateMs = 60;
    clock.advance(250);
    expect(door.limit).toBe(160);
    for (let i = 0; i < 200; i++) gates[1]!.leave();
    // Of 160 places: 96, 136 and all.
    expect(gates.map(gate => enter(gate, 200))).toEqual([96, 40, 24]);
    expect(gates.map(gate => gate.shedCount)).toEqual([104, 160, 176]);
  });

  it('leaves a number in whatever the event loop does, and opens when it is in time', () => {
    delay.lateMs = 1_000;
    for (let i = 0; i < 100; i++) clock.advance(250);
    expect(door.limit).toBe(50);
    delay.lateMs = 0;
    for (let i = 0; i < 8; i++) clock.advance(250);
    expect(door.limit).toBeGreaterThan(200);
  });

  it('shuts one page whose calls are lost, and no other', () => {
    const [film, home] = [door.gate('Film', 'normal')!, door.gate('Home', 'normal')!];
    for (let i = 0; i < 1_000; i++) {
      film.enter();
      clock.advance(10);
      film.failed('upstream-timeout');
      film.leave();
    }
    expect(enter(film, 100)).toBe(10);
    expect(enter(home, 100)).toBe(100);
  });

  it('does not shut for failures that are nobody’s want of time', () => {
    const film = door.gate('Film', 'normal')!;
    for (let i = 0; i < 1_000; i++) {
      film.enter();
      clock.advance(10);
      film.failed('upstream-status');
      film.leave();
    }
    expect(film.limit).toBe(10_000);
  });

  it('has no gates when it is switched off', () => {
    const off = new Door(sheddingOptionsSchema.parse({ isOn: false }), delay, clock);
    expect(off.gate('Film', 'low')).toBeUndefined();
    off.onApplicationShutdown();
  });

  it('stops looking when the app ends', () => {
    door.onApplicationShutdown();
    expect(delay.isClosed).toBe(true);
    delay.lateMs = 1_000;
    clock.advance(10_000);
    expect(door.limit).toBe(10_000);
  });
});
