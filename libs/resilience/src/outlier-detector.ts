import type { EjectionCause, HealthState, InstanceHealth } from './instance-health.js';

/** When an instance is ejected, for how long, and how it comes back. */
export interface OutlierOptions {
  /** Failures without a success between them that eject. */
  readonly failuresInRow: number;
  /** Failures among calls in the instance's window that eject, in (0, 1]. */
  readonly failureRatio: number;
  /** Calls in the window below which the ratio says nothing. */
  readonly minCalls: number;
  /** Milliseconds of a first ejection; each further one is longer by as much. Also how long serving well forgets one. */
  readonly ejectionMs: number;
  /** Milliseconds of the longest ejection. */
  readonly maxEjectionMs: number;
  /** Of all instances, how many may be ejected at once, in [0, 1]; rounded down. With more ejected, all are used. */
  readonly maxEjectedRatio: number;
  /** Milliseconds in which an instance that came back gets back its full share. */
  readonly warmUpMs: number;
  /** Milliseconds between two single calls that see whether one ejected for failures in a row is well again. */
  readonly trialEveryMs: number;
}

/**
 * Five in a row and the growth by count are Envoy's, ejections start shorter; trials are ours.
 * @see docs/decisions/0012-when-an-upstream-is-given-up.md
 */
export const OUTLIER_DEFAULTS: OutlierOptions = Object.freeze({
  failuresInRow: 5,
  failureRatio: 0.5,
  minCalls: 20,
  ejectionMs: 10_000,
  maxEjectionMs: 300_000,
  maxEjectedRatio: 0.5,
  warmUpMs: 10_000,
  trialEveryMs: 5_000,
});

/** Where warming up begins, as Envoy's `min_weight_percent`: with less it would not be called often enough to be known. */
const LEAST_SHARE = 0.1;

/**
 * Milliseconds that an ejection lasts before another instance may take its place: of two that fail in turn each is seen, and
 * of two that fail together hardly more calls go to either than while one is ejected.
 */
const EXCHANGE_AFTER_MS = 1_000;

/** Told when an instance was ejected or came back, from within the call that decided it. */
export type OutlierListener<T> = (member: T, state: HealthState, now: number) => void;

/**
 * Keeps calls away from single instances that fail while the others do not, and lets them come back slowly.
 * One per upstream. An instance's record holds its {@link InstanceHealth}.
 */
export class OutlierDetector<T extends { readonly health: InstanceHealth }> {
  private members: readonly T[] = [];
  private ejectedCount = 0;
  private nextTrialAt = Number.POSITIVE_INFINITY;

  constructor(
    private readonly options: OutlierOptions = OUTLIER_DEFAULTS,
    private readonly onChange?: OutlierListener<T>,
  ) {}

  /** Takes on the instances there are now; those that stay keep their state. */
  update(members: readonly T[]): void {
    this.members = members;
    this.recount();
  }

  /** How many are ejected. */
  get ejected(): number {
    return this.ejectedCount;
  }

  /** Whether more are ejected than may be, because others have gone: then all are used, for failing calls beat none. */
  get isPanicking(): boolean {
    return this.ejectedCount > this.members.length * this.options.maxEjectedRatio;
  }

  /**
   * How much of its weight an instance may use.
   * @param now  milliseconds
   * @returns 0 while ejected, rising from 0.1 to 1 after that, else 1
   */
  share({ health }: T, now: number): number {
    const { state } = health;
    if (state.kind === 'ejected') return this.isPanicking ? 1 : 0;
    const ramp = (now - state.since) / this.options.warmUpMs;
    return ramp >= 1 ? 1 : Math.max(LEAST_SHARE, ramp);
  }

  /**
   * Ends ejections that are over. Cheap when there are none: call it before every pick.
   * @param now  milliseconds
   */
  refresh(now: number): void {
    if (this.ejectedCount === 0) return;
    for (const member of this.members) {
      const { state } = member.health;
      if (state.kind !== 'ejected' || now < state.until) continue;
      this.comeBackUnseen(member, now);
    }
  }

  /**
   * Whether {@link claimTrial} would give one.
   * @param now  milliseconds
   */
  isTrialDue(now: number): boolean {
    return now >= this.nextTrialAt;
  }

  /**
   * Asks for an ejected instance that may get this one call, to see whether it is well again. Its outcome must come by
   * {@link succeeded}, {@link failed} or {@link cancelled}. Only for a call that may be tried again elsewhere.
   * @param now  milliseconds
   */
  claimTrial(now: number): T | undefined {
    if (now < this.nextTrialAt) return undefined;
    const member = this.members.find(({ health: { state } }) => isDue(state, now));
    const state = member?.health.state;
    if (state?.kind === 'ejected') {
      state.isTrialOut = true;
      state.trialAt = now + this.options.trialEveryMs;
    }
    this.recount();
    return member;
  }

  /** @param now  milliseconds */
  succeeded(member: T, now: number): void {
    const { health } = member;
    const { state } = health;
    if (state.kind === 'serving') {
      health.failuresInRow = 0;
      health.window.addSuccess(now);
    } else if (state.isTrialOut) this.comeBack(member, now);
  }

  /** @param now  milliseconds */
  failed(member: T, now: number): void {
    const { health } = member;
    if (health.state.kind === 'ejected') {
      health.state.isTrialOut = false;
      return;
    }
    const { failuresInRow, failureRatio, minCalls } = this.options;
    health.window.addFailure(now);
    if (++health.failuresInRow >= failuresInRow) this.eject(member, 'failures-in-row', now);
    else if (health.window.failsAt(now, failureRatio, minCalls)) this.eject(member, 'failure-ratio', now);
  }

  /** A call ended without saying anything about the instance. */
  cancelled({ health: { state } }: T): void {
    if (state.kind === 'ejected') state.isTrialOut = false;
  }

  private eject(member: T, cause: EjectionCause, now: number): void {
    this.refresh(now);
    const { options, members } = this;
    const { health } = member;
    // One that has left meanwhile still tells its last outcomes.
    if (health.state.kind !== 'serving' || !members.includes(member)) return;
    const most = Math.floor(members.length * options.maxEjectedRatio);
    if (most === 0 || (this.ejectedCount + 1 > most && !this.exchange(now))) return;
    const forgotten = Math.floor((now - health.state.since) / options.ejectionMs);
    health.ejections = Math.max(0, health.ejections - forgotten) + 1;
    const until = now + Math.min(options.maxEjectionMs, options.ejectionMs * health.ejections);
    // What fails now and then would pass a single trial: it stays out for its time.
    const trialAt = cause === 'failures-in-row' ? now + options.trialEveryMs : Number.POSITIVE_INFINITY;
    this.change(member, { kind: 'ejected', cause, since: now, until, trialAt, isTrialOut: false }, now);
  }

  /** Lets the one that was ejected first back in, unseen, so that one that fails now can take its place. @returns whether it did */
  private exchange(now: number): boolean {
    // With more ejected than may be, one less is not yet room for another.
    if (this.isPanicking) return false;
    let oldest: T | undefined;
    let since = now - EXCHANGE_AFTER_MS;
    for (const member of this.members) {
      const { state } = member.health;
      if (state.kind !== 'ejected' || state.since > since) continue;
      oldest = member;
      since = state.since;
    }
    if (!oldest) return false;
    this.comeBackUnseen(oldest, now);
    return true;
  }

  /** Nobody has seen it well: the first failure sends it back, the first success believes it. */
  private comeBackUnseen(member: T, now: number): void {
    this.comeBack(member, now);
    member.health.failuresInRow = this.options.failuresInRow - 1;
  }

  private comeBack(member: T, now: number): void {
    member.health.failuresInRow = 0;
    member.health.window.clear();
    this.change(member, { kind: 'serving', since: now }, now);
  }

  private change(member: T, state: HealthState, now: number): void {
    member.health.state = state;
    this.recount();
    this.onChange?.(member, state, now);
  }

  private recount(): void {
    this.ejectedCount = 0;
    this.nextTrialAt = Number.POSITIVE_INFINITY;
    for (const { health } of this.members) {
      if (health.state.kind !== 'ejected') continue;
      this.ejectedCount++;
      this.nextTrialAt = Math.min(this.nextTrialAt, health.state.trialAt);
    }
  }
}

function isDue(state: HealthState, now: number): boolean {
  return state.kind === 'ejected' && !state.isTrialOut && now >= state.trialAt;
}
