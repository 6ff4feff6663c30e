import { seededRandom } from '../test/seeded-random.js';
import { CachedQuantile } from './cached-quantile.js';
import { CircuitBreaker, REFUSED } from './circuit-breaker.js';
import { InstanceHealth } from './instance-health.js';
import { LatencyHistogram } from './latency-histogram.js';
import { OutlierDetector } from './outlier-detector.js';
import { PeakEwma } from './peak-ewma.js';
import { type CostCandidate, pickByCost } from './pick-by-cost.js';
import { RetryBudget } from './retry-budget.js';
import { retryDelayMs } from './retry-delay.js';

interface Answer {
  readonly afterMs: number;
  readonly isGood: boolean;
}

const TIMEOUT_MS = 300;

/** Ten milliseconds, some jitter, now and then a pause. */
function healthy(random: () => number): Answer {
  return { afterMs: 8 + random() * 4 + (random() < 0.001 ? 60 : 0), isGood: true };
}

/** @returns how many of some instants, in order, lie from one up to another */
function countIn(instants: readonly number[], from: number, to: number): number {
  return firstFrom(instants, to) - firstFrom(instants, from);
}

function firstFrom(instants: readonly number[], from: number): number {
  let [low, high] = [0, instants.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (instants[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

class Instance implements CostCandidate {
  readonly health = new InstanceHealth();
  readonly latency = new PeakEwma();
  readonly weight = 1;
  readonly pickedAt: number[] = [];
  outstanding = 0;
  behave: (random: () => number, now: number) => Answer = healthy;

  constructor(private readonly detector: OutlierDetector<Instance>) {}

  share(now: number): number {
    return this.detector.share(this, now);
  }
}

/** One upstream with the pieces put together as the layers do it, in simulated time: calls arrive at random, none waits for another. */
class Simulation {
  readonly detector = new OutlierDetector<Instance>(undefined, (instance, { kind }, now) => {
    if (kind === 'serving') instance.latency.reset(this.median.ms(now), now);
  });
  readonly instances = [1, 2, 3].map(() => new Instance(this.detector));
  readonly calls: number[] = [];
  readonly attempts: number[] = [];
  readonly budget = new RetryBudget();
  readonly latenciesMs: { readonly at: number; readonly tookMs: number; readonly isGood: boolean }[] = [];
  private readonly histogram = new LatencyHistogram();
  private readonly median = new CachedQuantile(this.histogram, 0.5);
  private readonly breaker = new CircuitBreaker();
  private readonly random: () => number;
  private readonly events: { readonly at: number; readonly happen: () => void }[] = [];
  private now = 0;

  constructor(seed: number) {
    this.random = seededRandom(seed);
    this.detector.update(this.instances);
  }

  run(callsPerSecond: number, forMs: number): this {
    const until = this.now + forMs;
    const arrive = (): void => {
      this.call();
      const next = this.now - (Math.log(1 - this.random()) * 1_000) / callsPerSecond;
      if (next < until) this.at(next, arrive);
    };
    this.at(this.now, arrive);
    for (let event = this.events[0]; event && event.at < until; event = this.events[0]) {
      this.events.shift();
      this.now = event.at;
      event.happen();
    }
    this.now = until;
    return this;
  }

  /** @returns the part of all attempts between two instants that went to an instance */
  shareOf(instance: Instance, fromMs: number, toMs: number): number {
    return countIn(instance.pickedAt, fromMs, toMs) / countIn(this.attempts, fromMs, toMs);
  }

  quantileMs(quantile: number, fromMs: number, toMs: number): number {
    const some = this.latenciesMs.filter(({ at }) => at >= fromMs && at < toMs).map(({ tookMs }) => tookMs);
    return some.sort((a, b) => a - b)[Math.ceil(quantile * some.length) - 1]!;
  }

  private call(): void {
    this.calls.push(this.now);
    this.budget.called(this.now);
    this.attempt(this.now, 1, undefined);
  }

  private attempt(calledAt: number, number: number, avoided: Instance | undefined): void {
    const { now } = this;
    const pass = this.breaker.admit(now);
    if (pass === REFUSED) return this.ended(calledAt, false);
    this.detector.refresh(now);
    const instance =
      (number === 1 ? this.detector.claimTrial(now) : undefined) ??
      pickByCost(this.instances, now, this.random, avoided)!;
    const { afterMs, isGood } = instance.behave(this.random, now);
    instance.pickedAt.push(now);
    this.attempts.push(now);
    instance.outstanding++;
    const tookMs = Math.min(TIMEOUT_MS, afterMs);
    this.at(now + tookMs, () => {
      instance.outstanding--;
      if (isGood && afterMs < TIMEOUT_MS) {
        this.breaker.succeeded(pass, this.now);
        this.detector.succeeded(instance, this.now);
        instance.latency.observe(tookMs, this.now);
        this.histogram.record(tookMs, this.now);
        this.ended(calledAt, true);
      } else {
        this.breaker.failed(pass, this.now);
        this.detector.failed(instance, this.now);
        instance.latency.observeFailure(tookMs, this.median.ms(this.now), this.now);
        this.retry(calledAt, number, instance);
      }
    });
  }

  private retry(calledAt: number, number: number, instance: Instance): void {
    const delayMs = retryDelayMs(number, calledAt + 800 - this.now, 10, undefined, this.random());
    if (number >= 3 || delayMs < 0 || !this.budget.claim(this.now)) return this.ended(calledAt, false);
    this.at(this.now + delayMs, () => this.attempt(calledAt, number + 1, instance));
  }

  private ended(calledAt: number, isGood: boolean): void {
    this.latenciesMs.push({ at: calledAt, tookMs: this.now - calledAt, isGood });
  }

  private at(at: number, happen: () => void): void {
    let index = this.events.length;
    while (index > 0 && this.events[index - 1]!.at > at) index--;
    this.events.splice(index, 0, { at, happen });
  }
}

describe.each([
  [50, 1],
  [200, 2],
  [800, 3],
])('three instances at %s calls a second (seed %s)', (rate, seed) => {
  let simulation: Simulation;
  let sick: Instance;

  beforeEach(() => {
    simulation = new Simulation(seed);
    sick = simulation.instances[0]!;
  });

  it('get the same share within a tenth while all are well', () => {
    for (const instance of simulation.instances) {
      instance.behave = random => ({ afterMs: 8 + random() * 4, isGood: true });
    }
    simulation.run(rate, 60_000);
    for (const instance of simulation.instances) {
      expect(Math.abs(simulation.shareOf(instance, 0, 60_000) * 3 - 1)).toBeLessThanOrEqual(0.1);
    }
    expect(simulation.latenciesMs.filter(({ isGood }) => !isGood)).toEqual([]);
  });

  it('keep a share each although one pauses now and then', () => {
    simulation.run(rate, 60_000);
    for (const instance of simulation.instances) {
      expect(simulation.shareOf(instance, 0, 60_000)).toBeGreaterThan(0.15);
    }
  });

  it('give one that fails in 1 ms at most 5 % of the traffic after 2 s, and the calls do not fail', () => {
    simulation.run(rate, 10_000);
    sick.behave = () => ({ afterMs: 1, isGood: false });
    simulation.run(rate, 30_000);
    expect(simulation.shareOf(sick, 12_000, 40_000)).toBeLessThanOrEqual(0.05);
    expect(simulation.latenciesMs.filter(({ isGood }) => !isGood)).toEqual([]);
  });

  it('give one that is ten times slower at most a fifth of its fair share', () => {
    sick.behave = random => ({ afterMs: healthy(random).afterMs * 10, isGood: true });
    simulation.run(rate, 60_000);
    expect(simulation.shareOf(sick, 2_000, 60_000)).toBeLessThanOrEqual(1 / 15);
  });

  it('hide one that is blackholed: no call fails, and p99 is back after 3 s', () => {
    simulation.run(rate, 20_000);
    const before = simulation.quantileMs(0.99, 5_000, 20_000);
    sick.behave = () => ({ afterMs: Number.POSITIVE_INFINITY, isGood: false });
    simulation.run(rate, 30_000);
    const calls = simulation.latenciesMs.filter(({ at }) => at > 20_000);
    expect(calls.filter(({ isGood }) => !isGood)).toEqual([]);
    expect(simulation.quantileMs(0.99, 23_000, 49_000)).toBeLessThanOrEqual(before * 1.2);
  });

  it('take a healed one back within ten seconds, by and by', () => {
    simulation.run(rate, 10_000);
    sick.behave = (random, now) => (now < 55_000 ? { afterMs: 1_000, isGood: false } : healthy(random));
    simulation.run(rate, 70_000);
    expect(simulation.shareOf(sick, 54_000, 55_000)).toBeLessThan(0.05);
    const firstSeconds = simulation.shareOf(sick, 55_000, 62_000);
    expect(simulation.shareOf(sick, 64_000, 66_000)).toBeGreaterThan(firstSeconds);
    expect(simulation.shareOf(sick, 72_000, 80_000)).toBeGreaterThan(0.2);
  });

  it.each([4_000, 8_000])(
    'are called again soon after %s ms in which all failed, although one still does',
    outageMs => {
      const back = 10_000 + outageMs;
      simulation.run(rate, 10_000);
      for (const instance of simulation.instances) instance.behave = () => ({ afterMs: 1, isGood: false });
      simulation.run(rate, outageMs);
      for (const instance of simulation.instances) if (instance !== sick) instance.behave = healthy;
      simulation.run(rate, 30_000);
      // The breaker may have been open twice, for 5 s and for 10, before they were well; once they are, one try is enough.
      expect(simulation.latenciesMs.filter(({ at, isGood }) => at > back + 11_000 && !isGood)).toEqual([]);
    },
  );

  it('get at most 1.10 attempts a call in every ten seconds when all of them fail', () => {
    simulation.run(rate, 15_000);
    for (const instance of simulation.instances) instance.behave = () => ({ afterMs: 5, isGood: false });
    simulation.run(rate, 45_000);
    let worst = 0;
    for (let from = 0; from <= 50_000; from += 100) {
      worst = Math.max(
        worst,
        countIn(simulation.attempts, from, from + 10_000) / countIn(simulation.calls, from, from + 10_000),
      );
    }
    expect(worst).toBeGreaterThan(1);
    expect(worst).toBeLessThanOrEqual(1.1);
    // The breaker leaves only probes in the end.
    expect(simulation.attempts.filter(at => at > 30_000).length).toBeLessThan(30);
  });
});
