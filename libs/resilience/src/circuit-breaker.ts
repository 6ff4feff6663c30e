import { OutcomeWindow } from './outcome-window.js';

/** When a breaker opens, for how long, and how it tries to close again. */
export interface CircuitBreakerOptions {
  /** Failures among calls that open it, and among probes that open it again, in (0, 1]. */
  readonly failureRatio: number;
  /** Milliseconds the ratio is taken over. */
  readonly windowMs: number;
  /** Calls in the window below which it stays closed. */
  readonly minCalls: number;
  /** Milliseconds it stays open the first time; doubles with every failed try to close. */
  readonly openMs: number;
  /** Milliseconds it stays open at most. */
  readonly maxOpenMs: number;
  /** How many calls are let through half-open, to be judged together. */
  readonly probes: number;
}

/**
 * Window, ratio, least calls and open time are Hystrix's; growth and number of probes are ours.
 * @see docs/decisions/0012-when-an-upstream-is-given-up.md
 */
export const CIRCUIT_BREAKER_DEFAULTS: CircuitBreakerOptions = Object.freeze({
  failureRatio: 0.5,
  windowMs: 10_000,
  minCalls: 20,
  openMs: 5_000,
  maxOpenMs: 30_000,
  probes: 3,
});

/** What a breaker is, with what belongs to that alone. Instants and durations in milliseconds. */
export type BreakerState =
  | { readonly kind: 'closed'; readonly window: OutcomeWindow }
  | { readonly kind: 'open'; readonly openedAt: number; readonly openMs: number }
  | {
      readonly kind: 'half-open';
      readonly openMs: number;
      probesOut: number;
      probesSucceeded: number;
      probesFailed: number;
    };

/** What a call was admitted by: hand it back with the call's outcome. {@link REFUSED} when it was not. */
export type BreakerPass = number;

/** The pass of a call that must not be made. */
export const REFUSED: BreakerPass = 0;

/** Told when the breaker changes, from within the call that changed it. */
export type BreakerListener = (state: BreakerState, now: number) => void;

/**
 * Stops calls to an upstream that mostly fails, and lets a few through after a while to see: as many of them as may fail while it is
 * closed may fail then, for one bad instance among several keeps nobody from the others. Outcomes of calls that were admitted before
 * the latest change say nothing about the state that came after it, and are left out.
 */
export class CircuitBreaker {
  private readonly window: OutcomeWindow;
  /** Of the probes. Whole, so that as many outcomes as there are probes always decide. */
  private readonly failuresToOpen: number;
  private current: BreakerState;
  private pass: BreakerPass = 1;

  constructor(
    private readonly options: CircuitBreakerOptions = CIRCUIT_BREAKER_DEFAULTS,
    private readonly onChange?: BreakerListener,
  ) {
    this.window = new OutcomeWindow(options.windowMs);
    this.failuresToOpen = Math.ceil(options.probes * options.failureRatio);
    this.current = { kind: 'closed', window: this.window };
  }

  get state(): BreakerState {
    return this.current;
  }

  /**
   * Asks for one call. A pass must come back by exactly one of {@link succeeded}, {@link failed}, {@link cancelled}.
   * @param now  milliseconds
   */
  admit(now: number): BreakerPass {
    let state = this.current;
    if (state.kind === 'closed') return this.pass;
    if (state.kind === 'open') {
      if (now - state.openedAt < state.openMs) return REFUSED;
      const { openMs } = state;
      state = this.change({ kind: 'half-open', openMs, probesOut: 0, probesSucceeded: 0, probesFailed: 0 }, now);
    }
    if (state.probesOut + state.probesSucceeded + state.probesFailed >= this.options.probes) return REFUSED;
    state.probesOut++;
    return this.pass;
  }

  /** @param now  milliseconds */
  succeeded(pass: BreakerPass, now: number): void {
    const state = this.current;
    if (pass !== this.pass) return;
    if (state.kind === 'closed') state.window.addSuccess(now);
    else if (state.kind === 'half-open') {
      state.probesOut--;
      // Whatever becomes of the others, too few can fail.
      if (++state.probesSucceeded <= this.options.probes - this.failuresToOpen) return;
      this.window.clear();
      this.change({ kind: 'closed', window: this.window }, now);
    }
  }

  /** @param now  milliseconds */
  failed(pass: BreakerPass, now: number): void {
    const { current: state, options } = this;
    if (pass !== this.pass) return;
    if (state.kind === 'closed') {
      state.window.addFailure(now);
      if (state.window.failsAt(now, options.failureRatio, options.minCalls)) this.open(options.openMs, now);
    } else if (state.kind === 'half-open') {
      state.probesOut--;
      if (++state.probesFailed < this.failuresToOpen) return;
      this.open(Math.min(options.maxOpenMs, state.openMs * 2), now);
    }
  }

  /** The call ended without saying anything about the upstream: its place is free for another probe. */
  cancelled(pass: BreakerPass): void {
    const state = this.current;
    if (pass === this.pass && state.kind === 'half-open') state.probesOut--;
  }

  /** There is reason to hope: an open breaker lets probes through now. */
  hope(): void {
    const state = this.current;
    if (state.kind === 'open') this.current = { ...state, openedAt: -Infinity };
  }

  /**
   * @param now  milliseconds
   * @returns milliseconds until a refused call may be worth another try, >= 0
   */
  retryAfterMs(now: number): number {
    const state = this.current;
    return state.kind === 'open' ? Math.max(0, state.openedAt + state.openMs - now) : 0;
  }

  private open(openMs: number, now: number): void {
    this.change({ kind: 'open', openedAt: now, openMs }, now);
  }

  private change<S extends BreakerState>(state: S, now: number): S {
    this.current = state;
    this.pass++;
    this.onChange?.(state, now);
    return state;
  }
}
