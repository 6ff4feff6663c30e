import { type Clock, UpstreamError } from 'guichet/kernel';
import { type BreakerPass, CircuitBreaker, type CircuitBreakerOptions, REFUSED } from 'guichet/resilience';
import type { Attempt } from '../attempt.js';
import { attemptScore } from '../attempt-score.js';
import { type Layer, NOTHING_TO_CANCEL, type Step } from '../layer.js';
import { type Outcome, Passage } from '../passage.js';
import type { StackParts } from '../stack-parts.js';
import type { CallHandle, CallSink } from '../upstream-call.js';
import type { UpstreamLatency } from '../upstream-latency.js';
import type { UpstreamConfig } from '../upstream-options.js';
import { named } from '../upstream-request.js';

/**
 * Keeps attempts away from an upstream that mostly fails, and lets a few through after a while to see. Probes are calls
 * that may be repeated: one that changes something is not what to try an ailing upstream with. Tells the upstream's
 * latency of every answer, too, since every attempt passes here.
 */
export class CircuitBreakerLayer implements Layer {
  readonly name = 'circuit-breaker';
  private breaker: CircuitBreaker;
  private readonly clock: Clock;

  constructor(private readonly parts: StackParts) {
    this.clock = parts.clock;
    let options = breakerOptions(parts.settings.config);
    this.breaker = this.closed(options);
    parts.settings.onChange(config => {
      const changed = breakerOptions(config);
      if (JSON.stringify(changed) === JSON.stringify(options)) return;
      options = changed;
      this.breaker = this.closed(options);
    });
    // It has done nothing wrong yet.
    parts.endpoints.onNew(() => this.breaker.hope());
  }

  /** What the breaker is now. */
  get state(): CircuitBreaker['state'] {
    return this.breaker.state;
  }

  /**
   * @param now  milliseconds
   * @returns milliseconds until an open breaker lets a call through; 0 where it is not open
   */
  retryAfterMs(now: number): number {
    return this.breaker.retryAfterMs(now);
  }

  wrap(next: Step): Step {
    return { start: (attempt, sink) => this.enter(attempt, sink, next) };
  }

  private enter(attempt: Attempt, sink: CallSink<unknown>, next: Step): CallHandle {
    const { breaker, clock, parts } = this;
    const now = clock.now();
    let pass: BreakerPass = REFUSED;
    // A subset with another to fall back to is judged by ejection alone.
    if (parts.settings.config.breaker && attempt.subset?.isDefault !== false) {
      if (breaker.state.kind === 'closed' || attempt.request.isRepeatable) pass = breaker.admit(now);
      if (pass === REFUSED) return this.refuse(attempt, sink, breaker, now);
    }
    return new BreakerPassage(attempt, sink, breaker, pass, parts.latency, clock, now).go(next);
  }

  private refuse(attempt: Attempt, sink: CallSink<unknown>, breaker: CircuitBreaker, now: number): CallHandle {
    const { request } = attempt;
    this.parts.events?.rejected(attempt, 'circuit-open');
    sink.fail(
      new UpstreamError('circuit-open', request.upstream, `${named(request)}: most calls of late have failed`, {
        retryAfterMs: breaker.retryAfterMs(now),
      }),
    );
    return NOTHING_TO_CANCEL;
  }

  private closed(options: CircuitBreakerOptions): CircuitBreaker {
    const { events, upstream } = this.parts;
    return new CircuitBreaker(options, events && (state => events.breakerChanged(upstream, state.kind)));
  }
}

class BreakerPassage extends Passage {
  constructor(
    attempt: Attempt,
    sink: CallSink<unknown>,
    private readonly breaker: CircuitBreaker,
    private readonly pass: BreakerPass,
    private readonly latency: UpstreamLatency,
    private readonly clock: Clock,
    private readonly startedAt: number,
  ) {
    super(attempt, sink);
  }

  go(next: Step): this {
    this.enter(next);
    return this;
  }

  protected override left(outcome: Outcome, error: unknown): void {
    const { breaker, pass, latency } = this;
    const now = this.clock.now();
    const elapsedMs = this.attempt.elapsedMs(this.startedAt, now);
    const score =
      outcome === 'succeeded'
        ? 'success'
        : attemptScore(this.attempt, outcome, error, elapsedMs, latency.medianMs(now));
    if (score === 'success') {
      latency.observe(elapsedMs, now);
      breaker.succeeded(pass, now);
    } else if (score === 'failure') breaker.failed(pass, now);
    else breaker.cancelled(pass);
  }
}

function breakerOptions(config: UpstreamConfig): CircuitBreakerOptions {
  return {
    failureRatio: config.breakerFailureRatio,
    windowMs: config.breakerWindowMs,
    minCalls: config.breakerMinCalls,
    openMs: config.breakerOpenMs,
    maxOpenMs: Math.max(config.breakerOpenMs, config.breakerMaxOpenMs),
    probes: config.breakerProbes,
  };
}
