import { Load, type LoadRequest, type Outcome } from '../../support/load.js';
import { quantile } from '../../support/measured.js';
import type { Vitals } from './bff-under-test.js';
import { Rig, type RigSettings } from './rig.js';

/** How thorough a trial is: `short` in `npm test`, `long` in `npm run test:faults`, `soak` in `npm run test:soak`. */
export type Form = 'short' | 'long' | 'soak';

/** One goal, and what was found. */
export interface Verdict {
  readonly goal: string;
  readonly measured: string;
  readonly isKept: boolean;
  /** Whether it is about counts or order, which a busy machine does not spoil. */
  readonly isCount: boolean;
}

/** Milliseconds that this process may be behind, in all but one of a hundred requests, for its timings to count. */
const MOST_LAG_MS = 10;

/** One run of a promise's proof: gathers what it finds, and ends what it started. */
export class Trial {
  readonly form = (process.env['FAULTS'] ?? 'short') as Form;
  readonly verdicts: Verdict[] = [];
  private readonly loads: Load[] = [];
  private readonly rigs: Rig[] = [];
  private stalls: string[] = [];

  /** @returns what this form takes; the soak takes what the long form does unless it says otherwise */
  pick<T>(short: T, long: T, soak: T = long): T {
    return { short, long, soak }[this.form];
  }

  /** Starts a rig; it ends with the trial. */
  async rig(settings?: RigSettings): Promise<Rig> {
    const rig = await Rig.start(settings);
    this.rigs.push(rig);
    return rig;
  }

  /** Starts a load; how far it lags is watched. */
  load(perSecond: number, next: (n: number) => LoadRequest): Load {
    const load = new Load(perSecond, next);
    this.loads.push(load);
    return load;
  }

  /** A load that ends by itself. One beyond what this machine can do may lag as it likes: nothing is judged by it. */
  async loadFor(
    ms: number,
    perSecond: number,
    next: (n: number) => LoadRequest,
    { isBeyond = false } = {},
  ): Promise<Load> {
    const load = isBeyond ? new Load(perSecond, next) : this.load(perSecond, next);
    await load.reaches(ms);
    await load.end();
    return load;
  }

  /** Finds something that a busy machine does not spoil. */
  count(goal: string, measured: string | number, isKept: boolean): void {
    this.verdicts.push({ goal, measured: String(measured), isKept, isCount: true });
  }

  /** Finds something about time. */
  timing(goal: string, measured: string, isKept: boolean): void {
    this.verdicts.push({ goal, measured, isKept, isCount: false });
  }

  /** Finds that no page failed and, unless a part may be, none was degraded; and that each is the one that was asked for. */
  unharmed(load: Load, { degradedRatio = 0, during = '' } = {}): void {
    const { sent, failed, degraded, wrong, troubles } = load.summary();
    const when = during && ` ${during}`;
    this.count(`0 failed${when}`, `${failed} of ${sent}${failed ? `: ${troubles.join(' | ')}` : ''}`, failed === 0);
    this.count(
      degradedRatio ? `<= ${degradedRatio * 100} % degraded${when}` : `0 degraded${when}`,
      `${degraded} of ${sent}`,
      degraded <= degradedRatio * sent,
    );
    this.count(`0 wrong${when}`, wrong ? `${wrong}: ${troubles.join(' | ')}` : '0', wrong === 0);
  }

  /** Notes how the BFF's event loop did. */
  stalled({ delayP99Ms, delayMaxMs }: Vitals): void {
    this.stalls.push(`p99 ${delayP99Ms.toFixed(1)} ms, most ${delayMaxMs.toFixed(0)} ms`);
  }

  /** Whether it found something about time while this process was too far behind for that. */
  get isVoid(): boolean {
    return this.lagMs(0.99) > MOST_LAG_MS && this.verdicts.some(({ isCount }) => !isCount);
  }

  /** How the machine did. */
  conditions(): string {
    const stalls = this.stalls.length > 0 ? `BFF's event loop late by ${this.stalls.join(' / ')}; ` : '';
    return `${stalls}generator's lag p99 ${this.lagMs(0.99).toFixed(1)} ms, p99.9 ${this.lagMs(0.999).toFixed(1)} ms${this.isVoid ? ' (void)' : ''}`;
  }

  async end(): Promise<void> {
    await Promise.all(this.loads.map(load => load.end()));
    for (const rig of this.rigs) {
      if (this.form !== 'short' && rig.hasBff) this.stalled(await rig.bff.vitals());
      await rig.end();
    }
  }

  private lagMs(share: number): number {
    const lags = this.loads.flatMap(({ outcomes }) => outcomes.map(({ lagMs }) => lagMs));
    return lags.length > 0 ? quantile(lags, share) : 0;
  }
}

/** @returns how long the good ones of these took, at this quantile, in milliseconds */
export function tookMs(outcomes: readonly Outcome[], share: number): number {
  return quantile(
    outcomes.filter(({ status }) => status === 200).map(outcome => outcome.tookMs),
    share,
  );
}
