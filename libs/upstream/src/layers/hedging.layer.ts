import { type Clock, NOT_WAITING, type TimerEntry } from 'guichet/kernel';
import { HEDGE_DEFAULTS, HedgeDelay, NO_HEDGE } from 'guichet/resilience';
import type { Attempt } from '../attempt.js';
import { type Layer, type Step } from '../layer.js';
import type { StackParts } from '../stack-parts.js';
import type { CallHandle, CallSink, Staleness } from '../upstream-call.js';
import type { UpstreamConfig } from '../upstream-options.js';

/**
 * Gives a call that changes nothing and takes longer than most a second attempt on another instance; the first answer counts, the other
 * attempt is cancelled. For calls that say so, within a share of their number and within the upstream's budget of further
 * attempts.
 */
export class HedgingLayer implements Layer {
  readonly name = 'hedging';
  private delay: HedgeDelay;

  constructor(private readonly parts: StackParts) {
    let { hedgeQuantile, hedgeMaxRatio } = parts.settings.config;
    this.delay = hedgeDelay(parts.settings.config);
    parts.settings.onChange(config => {
      if (config.hedgeQuantile === hedgeQuantile && config.hedgeMaxRatio === hedgeMaxRatio) return;
      ({ hedgeQuantile, hedgeMaxRatio } = config);
      this.delay = hedgeDelay(config);
    });
  }

  wrap(next: Step): Step {
    return {
      start: (attempt: Attempt, sink: CallSink<unknown>): CallHandle => {
        const { request } = attempt;
        if (!request.isHedged || !request.isSafe) return next.start(attempt, sink);
        return new HedgedPassage(attempt, sink, next, this.delay, this.parts).go();
      },
    };
  }
}

/** The first attempt's sink, the handle of both, and what waits to send the second. */
class HedgedPassage implements CallSink<unknown>, CallHandle, TimerEntry {
  timerDueAt = NOT_WAITING;
  timerNext: TimerEntry | null = null;
  timerPrevious: TimerEntry | null = null;
  private isOpen = true;
  private isFirstOut = true;
  private readonly startedAt: number;
  private readonly clock: Clock;
  private inner: CallHandle | undefined = undefined;
  private second: SecondAttempt | undefined = undefined;

  constructor(
    private readonly attempt: Attempt,
    private readonly outer: CallSink<unknown>,
    private readonly next: Step,
    private readonly delay: HedgeDelay,
    private readonly parts: StackParts,
  ) {
    this.clock = parts.clock;
    this.startedAt = this.clock.now();
  }

  go(): this {
    const delayMs = this.delay.called(this.startedAt);
    if (delayMs !== NO_HEDGE && !this.attempt.request.context.request.isRepetition) {
      this.parts.wheel.schedule(this, delayMs);
    }
    const inner = this.next.start(this.attempt, this);
    if (this.isOpen) this.inner = inner;
    else inner.cancel();
    return this;
  }

  /** The first attempt has taken longer than most. */
  onDue(): void {
    const { attempt, parts } = this;
    const now = this.clock.now();
    if (!(attempt.subset ?? parts.endpoints).hasOther(attempt.endpoint, now)) return;
    if (attempt.deadlineAt - now <= (parts.latency.medianMs(now) ?? 0)) return;
    if (!this.delay.claim(now) || !parts.retryBudget.claim(now)) return;
    const further = attempt.another('hedge');
    parts.events?.hedged(further);
    this.second = new SecondAttempt(further, this);
    this.second.start(this.next);
  }

  succeed(value: unknown, staleness?: Staleness): void {
    if (!this.isFirstOut) return;
    this.isFirstOut = false;
    if (!this.close()) return;
    this.delay.observe(this.elapsedMs(), this.clock.now());
    this.second?.outrun();
    this.outer.succeed(value, staleness);
  }

  fail(error: unknown): void {
    if (!this.isFirstOut) return;
    this.isFirstOut = false;
    if (!this.isOpen || this.second?.isOut) return;
    this.close();
    this.outer.fail(error);
  }

  cancel(): void {
    if (!this.close()) return;
    if (this.isFirstOut) this.inner?.cancel();
    this.second?.cancel();
  }

  /** The second attempt was faster. */
  secondSucceeded(value: unknown, staleness: Staleness | undefined): void {
    if (!this.close()) return;
    if (this.isFirstOut) {
      // Left out, the slow ones would never be known.
      this.delay.observe(this.elapsedMs(), this.clock.now());
      this.attempt.isOutrun = true;
      this.inner?.cancel();
    }
    this.outer.succeed(value, staleness);
  }

  /** The second attempt failed: the first may still come. */
  secondFailed(error: unknown): void {
    if (!this.isOpen || this.isFirstOut) return;
    this.close();
    this.outer.fail(error);
  }

  private elapsedMs(): number {
    return this.clock.now() - this.startedAt;
  }

  private close(): boolean {
    if (!this.isOpen) return false;
    this.isOpen = false;
    this.parts.wheel.cancel(this);
    return true;
  }
}

class SecondAttempt implements CallSink<unknown> {
  isOut = true;
  private inner: CallHandle | undefined = undefined;

  constructor(
    private readonly attempt: Attempt,
    private readonly call: HedgedPassage,
  ) {}

  start(next: Step): void {
    const inner = next.start(this.attempt, this);
    if (this.isOut) this.inner = inner;
    else inner.cancel();
  }

  succeed(value: unknown, staleness?: Staleness): void {
    if (!this.isOut) return;
    this.isOut = false;
    this.call.secondSucceeded(value, staleness);
  }

  fail(error: unknown): void {
    if (!this.isOut) return;
    this.isOut = false;
    this.call.secondFailed(error);
  }

  /** The first attempt was faster after all. */
  outrun(): void {
    this.attempt.isOutrun = true;
    this.cancel();
  }

  cancel(): void {
    if (!this.isOut) return;
    this.isOut = false;
    this.inner?.cancel();
  }
}

function hedgeDelay({ hedgeQuantile, hedgeMaxRatio }: UpstreamConfig): HedgeDelay {
  return new HedgeDelay({ ...HEDGE_DEFAULTS, quantile: hedgeQuantile, maxRatio: hedgeMaxRatio });
}
