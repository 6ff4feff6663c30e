import { seededRandom } from '../test/seeded-random.js';
import { ConcurrencyDoor } from './concurrency-door.js';

/** A service that works on so many at once, first come, first served, behind a door; simulated. */
class Simulation {
  readonly door = new ConcurrencyDoor();
  now = 0;
  private readonly random = seededRandom(1);
  private readonly freeAt: number[];
  private endings: { at: number; tookMs: number; isLost: boolean }[] = [];

  constructor(
    slots: number,
    private readonly serviceMs: () => number,
    private readonly timeoutMs = Infinity,
  ) {
    this.freeAt = Array.from({ length: slots }, () => 0);
  }

  /** @returns what came of those that arrived in so many milliseconds, so many a second */
  run(forMs: number, perSecond: number): { took: number[]; shed: number; lost: number } {
    const told = { took: [] as number[], shed: 0, lost: 0 };
    const until = this.now + forMs;
    while (this.now < until) {
      this.now += -Math.log(1 - this.random()) * (1_000 / perSecond);
      this.finish();
      if (this.endings.length >= this.door.limit) {
        told.shed++;
        continue;
      }
      const ending = this.begin();
      if (ending.isLost) told.lost++;
      else told.took.push(ending.tookMs);
    }
    return told;
  }

  private begin(): { at: number; tookMs: number; isLost: boolean } {
    const slot = this.freeAt.indexOf(Math.min(...this.freeAt));
    const startsAt = Math.max(this.now, this.freeAt[slot]!);
    const endsAt = startsAt + this.serviceMs() * (0.9 + this.random() * 0.2);
    const isLost = endsAt - this.now > this.timeoutMs;
    // Who is lost before it is worked on takes no slot.
    if (startsAt - this.now <= this.timeoutMs) this.freeAt[slot] = endsAt;
    const tookMs = Math.min(endsAt - this.now, this.timeoutMs);
    const ending = { at: this.now + tookMs, tookMs, isLost };
    this.endings.push(ending);
    return ending;
  }

  private finish(): void {
    const due = this.endings.filter(({ at }) => at <= this.now).sort((a, b) => a.at - b.at);
    for (const ending of due) {
      const inFlight = this.endings.length;
      this.endings = this.endings.filter(other => other !== ending);
      if (ending.isLost) this.door.dropped(inFlight, ending.at);
      else this.door.served(ending.tookMs, inFlight, ending.at);
    }
  }
}

const p99 = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.99)]!;

describe('ConcurrencyDoor', () => {
  // 30 slots of 150 ms: 200 a second.
  const service = (timeoutMs?: number): Simulation => new Simulation(30, () => 150, timeoutMs);

  it('turns nobody away while nothing is slow', () => {
    const simulation = service();
    expect(simulation.run(60_000, 100).shed).toBe(0);
    expect(simulation.run(60_000, 160).shed).toBe(0);
  });

  it('begins open: the first load of a new process may be as high as it likes', () => {
    expect(new Simulation(500, () => 200).run(10_000, 2_000).shed).toBe(0);
  });

  it.each([3, 10])('keeps goodput and latency under %d times what can be done', times => {
    const simulation = service(2_000);
    const before = p99(simulation.run(20_000, 100).took);
    simulation.run(2_000, 200 * times);
    const { took, shed, lost } = simulation.run(20_000, 200 * times);
    expect(took.length / 20).toBeGreaterThanOrEqual(180);
    expect(p99(took)).toBeLessThanOrEqual(2 * before);
    expect(lost).toBe(0);
    expect(shed).toBeGreaterThan(200 * (times - 1.2) * 20);
  });

  it('is open again two seconds after the overload', () => {
    const simulation = service(2_000);
    simulation.run(10_000, 100);
    simulation.run(10_000, 2_000);
    simulation.run(2_000, 100);
    expect(simulation.run(20_000, 150).shed).toBe(0);
  });

  it('leaves the usual number in when a service becomes slower for a reason of its own', () => {
    let ms = 100;
    const simulation = new Simulation(1_000, () => ms);
    simulation.run(20_000, 100);
    ms = 125;
    expect(simulation.run(20_000, 100).shed).toBe(0);
  });

  it('turns nobody away for what takes less than a tenth of a second, however short the usual is', () => {
    // One slot of 2 ms; then forty wait for it, and take 80.
    const door = new ConcurrencyDoor();
    for (let now = 0; now < 5_000; now += 10) door.served(2, 1, now);
    for (let now = 5_000; now < 10_000; now += 2) door.served(80, 40, now);
    expect(door.limit).toBe(10_000);
    for (let now = 10_000; now < 15_000; now += 2) door.served(160, 80, now);
    expect(door.limit).toBeLessThan(80);
  });

  it('shuts when pages are lost, and not for a few of them', () => {
    const few = new ConcurrencyDoor();
    const many = new ConcurrencyDoor();
    for (let i = 0; i < 2_000; i++) {
      const now = i * 10;
      if (i % 20 === 0) few.dropped(30, now);
      else few.served(100, 30, now);
      if (i % 4 === 0) many.dropped(30, now);
      else many.served(100, 30, now);
    }
    expect(few.limit).toBe(10_000);
    expect(many.limit).toBe(10);
  });
});
