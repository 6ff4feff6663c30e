import { NOT_WAITING, type TimerEntry, UpstreamError } from 'guichet/kernel';
import { ADAPTIVE_LIMIT_DEFAULTS, AdaptiveLimit, Bulkhead, type BulkheadWaiter } from 'guichet/resilience';
import type { Attempt, AttemptPlace } from '../attempt.js';
import { type Layer, NOTHING_TO_CANCEL, type Step } from '../layer.js';
import { type Outcome, Passage } from '../passage.js';
import type { StackParts } from '../stack-parts.js';
import type { CallHandle, CallSink } from '../upstream-call.js';
import type { UpstreamConfig } from '../upstream-options.js';
import { named } from '../upstream-request.js';

/**
 * Bounds how many calls of the upstream are under way and how many wait for a place, so that one that hangs holds no more
 * of the process than that. Who waits leaves with its caller or at its deadline. Where `adaptiveLimit` is on, the
 * upstream's own latency says how many of `maxConcurrent` places there are.
 */
export class BulkheadLayer implements Layer {
  readonly name = 'bulkhead';
  readonly bulkhead: Bulkhead;
  private adaptive: AdaptiveLimit | undefined;

  constructor(private readonly parts: StackParts) {
    const { config } = parts.settings;
    this.adaptive = adaptiveLimit(config);
    this.bulkhead = new Bulkhead(this.adaptive?.limit ?? config.maxConcurrent, config.maxQueued);
    let { adaptiveLimit: isAdaptive, maxConcurrent } = config;
    parts.settings.onChange(changed => {
      // What the adaptive limit has learnt stays, while it is not told otherwise itself.
      if (changed.adaptiveLimit !== isAdaptive || changed.maxConcurrent !== maxConcurrent)
        this.adaptive = adaptiveLimit(changed);
      ({ adaptiveLimit: isAdaptive, maxConcurrent } = changed);
      this.bulkhead.queueUpTo(changed.maxQueued);
      this.bulkhead.limitTo(this.adaptive?.limit ?? changed.maxConcurrent, parts.clock.now());
    });
  }

  wrap(next: Step): Step {
    return { start: (attempt, sink) => this.enter(attempt, sink, next) };
  }

  private enter(attempt: Attempt, sink: CallSink<unknown>, next: Step): CallHandle {
    const { bulkhead, parts } = this;
    if (bulkhead.admit()) return new AdmittedPassage(attempt, sink, this).go(next);
    const waiting = new WaitingPassage(attempt, sink, this, next, parts);
    if (bulkhead.enter(waiting, parts.clock.now()) === 'queued') {
      parts.events?.queued(attempt);
      return waiting.wait();
    }
    parts.events?.rejected(attempt, 'bulkhead-full');
    sink.fail(
      new UpstreamError(
        'bulkhead-full',
        attempt.request.upstream,
        `${named(attempt.request)}: ${bulkhead.active} calls are under way and ${bulkhead.queued} wait`,
      ),
    );
    return NOTHING_TO_CANCEL;
  }

  /** @returns the instant a call begins, where latency is watched */
  began(): number {
    return this.adaptive === undefined ? 0 : this.parts.clock.now();
  }

  /** A call that had a place has ended. */
  ended(outcome: Outcome, error: unknown, startedAt: number, inFlight: number): void {
    const { adaptive, bulkhead, parts } = this;
    if (adaptive !== undefined && startedAt > 0) {
      const now = parts.clock.now();
      const before = adaptive.limit;
      if (outcome === 'succeeded') adaptive.succeeded(now - startedAt, inFlight, now);
      else if (outcome === 'failed' && isUpstreams(error)) {
        if (isOverload(error)) adaptive.dropped(now - startedAt, inFlight, now);
        else adaptive.succeeded(now - startedAt, inFlight, now);
      }
      if (adaptive.limit !== before) bulkhead.limitTo(adaptive.limit, now);
    }
    bulkhead.release(bulkhead.queued === 0 ? 0 : parts.clock.now());
  }
}

class AdmittedPassage extends Passage implements AttemptPlace {
  protected startedAt = 0;
  protected inFlight = 0;
  private isVacated = false;

  constructor(
    attempt: Attempt,
    sink: CallSink<unknown>,
    protected readonly layer: BulkheadLayer,
  ) {
    super(attempt, sink);
  }

  go(next: Step): this {
    this.startedAt = this.layer.began();
    this.inFlight = this.layer.bulkhead.active;
    this.attempt.place = this;
    this.enter(next);
    return this;
  }

  vacate(): void {
    if (this.isVacated) return;
    this.isVacated = true;
    this.layer.ended('succeeded', undefined, this.startedAt, this.inFlight);
  }

  protected override left(outcome: Outcome, error: unknown): void {
    if (this.isVacated) return;
    this.isVacated = true;
    this.layer.ended(outcome, error, this.startedAt, this.inFlight);
  }
}

class WaitingPassage extends AdmittedPassage implements BulkheadWaiter, TimerEntry {
  isQueued = false;
  queueNext: BulkheadWaiter | null = null;
  queuePrevious: BulkheadWaiter | null = null;
  timerDueAt = NOT_WAITING;
  timerNext: TimerEntry | null = null;
  timerPrevious: TimerEntry | null = null;
  private hasPlace = false;

  constructor(
    attempt: Attempt,
    sink: CallSink<unknown>,
    layer: BulkheadLayer,
    private readonly next: Step,
    private readonly parts: StackParts,
  ) {
    super(attempt, sink, layer);
  }

  get deadlineAt(): number {
    return this.attempt.deadlineAt;
  }

  wait(): this {
    const { clock, wheel } = this.parts;
    if (this.deadlineAt < Infinity) wheel.schedule(this, this.deadlineAt - clock.now());
    return this;
  }

  onAdmitted(): void {
    this.hasPlace = true;
    this.parts.wheel.cancel(this);
    this.go(this.next);
  }

  onExpired(): void {
    const { request } = this.attempt;
    this.abandon(
      new UpstreamError(
        'deadline-exceeded',
        request.upstream,
        `${named(request)}: waited for a place until the deadline`,
      ),
    );
  }

  onDue(): void {
    this.onExpired();
  }

  protected override left(outcome: Outcome, error: unknown): void {
    if (this.hasPlace) super.left(outcome, error);
    else {
      this.parts.wheel.cancel(this);
      this.layer.bulkhead.leave(this);
    }
  }
}

function adaptiveLimit(config: UpstreamConfig): AdaptiveLimit | undefined {
  if (!config.adaptiveLimit) return undefined;
  const maxLimit = config.maxConcurrent;
  const { initialLimit, minLimit } = ADAPTIVE_LIMIT_DEFAULTS;
  return new AdaptiveLimit({
    ...ADAPTIVE_LIMIT_DEFAULTS,
    maxLimit,
    initialLimit: Math.min(initialLimit, maxLimit),
    minLimit: Math.min(minLimit, maxLimit),
  });
}

/** Whether the call reached the upstream, so that how long it took says something. */
function isUpstreams(error: unknown): error is UpstreamError {
  return (
    error instanceof UpstreamError &&
    error.code !== 'circuit-open' &&
    error.code !== 'no-instances' &&
    error.code !== 'upstream-refused'
  );
}

function isOverload({ code, status }: UpstreamError): boolean {
  return (
    code === 'upstream-timeout' ||
    code === 'deadline-exceeded' ||
    code === 'bulkhead-full' ||
    (code === 'upstream-status' && (status === 429 || status === 503))
  );
}
