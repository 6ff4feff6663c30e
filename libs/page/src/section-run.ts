import {
  type CallContext,
  NOT_WAITING,
  type SectionOutcome,
  type SectionTrace,
  swapContext,
  type TimerEntry,
  type TraceCode,
  UpstreamError,
} from 'guichet/kernel';
import { type CallSink, type Staleness, UpstreamCall } from 'guichet/upstream';
import { isObservable, type Observable, type Observer } from 'rxjs';
import type { PageRun } from './page-run.js';
import type { SectionPlan } from './plan.js';
import type { SectionState } from './section-state.js';
import { traceCode } from './trace-code.js';

/**
 * How much later than the calls' own deadline a section or a page gives up, milliseconds: so that a call that expires ends
 * inside the upstream's stack, which scores it, and this net catches promises and piped Observables alone.
 */
export const NET_MS = 10;

/**
 * Room 7: one section of one request, from its launch to exactly one result. The only place where a fallback stands in.
 * One object is the call's sink, the Observable's observer and the timer's entry at once.
 */
export class SectionRun implements CallSink<unknown>, Observer<unknown>, TimerEntry {
  timerDueAt = NOT_WAITING;
  timerNext: TimerEntry | null = null;
  timerPrevious: TimerEntry | null = null;
  /** The instant of its launch, 0 before; not read where nobody wants to know. */
  private launchedAt = 0;
  private isLaunched = false;
  private isDone = false;
  private hasOwnDeadline = false;
  private release: (() => void) | undefined = undefined;

  constructor(
    private readonly page: PageRun,
    readonly plan: SectionPlan,
    /** Where it is written down, if anybody wants to know. */
    private readonly trace: SectionTrace | undefined = undefined,
  ) {}

  /** Runs `load` with the section's context current and follows what it returns. */
  launch(): void {
    if (this.isDone) return;
    this.isLaunched = true;
    if (this.trace !== undefined || this.page.recorder !== undefined) {
      this.launchedAt = this.now();
      if (this.trace !== undefined) this.trace.launchedAt = this.launchedAt;
    }
    const context = this.context();
    const previous = swapContext(context);
    let loaded: unknown;
    try {
      loaded = this.plan.invoke(this.page.values, context);
    } catch (error) {
      this.fail(error);
      return;
    } finally {
      swapContext(previous);
    }
    this.follow(loaded);
  }

  /** Not run, for a need was omitted. */
  skip(): void {
    if (this.isDone) return;
    this.isDone = true;
    this.standIn('need-missing');
  }

  /** Not run, for an operator switched it off. */
  switchOff(): void {
    if (this.isDone) return;
    this.isDone = true;
    this.standIn('switched-off');
  }

  /** Ends it without a result: the client is gone, or the page has failed. */
  stop(): void {
    if (this.isDone) return;
    this.isDone = true;
    if (this.isLaunched) this.note('cancelled', undefined);
    this.letGo();
  }

  succeed(value: unknown, staleness?: Staleness): void {
    if (this.isDone) return;
    this.isDone = true;
    this.letGo();
    const state = staleness && stale(staleness);
    this.note(state === undefined ? 'fresh' : 'stale', state?.reason);
    this.page.settle(this.plan, value, state);
  }

  fail(error: unknown): void {
    if (this.isDone) return;
    this.isDone = true;
    this.letGo();
    if (!(error instanceof UpstreamError)) {
      this.note('failed', traceCode(error));
      this.page.break(error);
      return;
    }
    const named = this.named(error);
    if (!this.plan.isRequired) {
      this.standIn(named.code);
      return;
    }
    this.note('failed', named.code);
    this.page.failRequired(this.plan, named);
  }

  next(value: unknown): void {
    this.succeed(value);
  }

  error(error: unknown): void {
    this.fail(error);
  }

  complete(): void {
    this.fail(this.bug('its Observable completed without a value'));
  }

  /** The page's deadline is over. */
  expire(): void {
    const { name, declaration } = this.page.plan;
    if (this.isLaunched)
      this.fail(new UpstreamError('deadline-exceeded', name, `no answer within ${declaration.budgetMs} ms`));
  }

  /** Its own deadline is over. */
  onDue(): void {
    this.fail(new UpstreamError('deadline-exceeded', this.plan.name, `no answer within ${this.plan.timeoutMs} ms`));
  }

  private context(): CallContext {
    const { page, plan, trace } = this;
    const { request, deadlineAt: pageEndsAt } = page.context;
    const deadlineAt = plan.timeoutMs === undefined ? pageEndsAt : this.now() + plan.timeoutMs;
    if (deadlineAt < pageEndsAt) {
      this.hasOwnDeadline = true;
      page.runtime.wheel.schedule(this, plan.timeoutMs! + NET_MS);
      return { request, deadlineAt, trace };
    }
    return trace === undefined ? page.context : { request, deadlineAt: pageEndsAt, trace };
  }

  private follow(loaded: unknown): void {
    if (loaded instanceof UpstreamCall) {
      const handle = (loaded as UpstreamCall<unknown>).start(this);
      if (!this.isDone) this.release = () => handle.cancel();
    } else if (isObservable(loaded)) {
      this.subscribe(loaded);
    } else if (isThenable(loaded)) {
      loaded.then(
        value =>
          isObservable(value) ? this.fail(this.bug('its promise resolved to an Observable')) : this.succeed(value),
        (error: unknown) => this.fail(error),
      );
    } else {
      this.succeed(loaded);
    }
  }

  private subscribe(loaded: Observable<unknown>): void {
    const subscription = loaded.subscribe(this);
    // The first emission may have come before the subscription could be stored.
    if (this.isDone) subscription.unsubscribe();
    else this.release = () => subscription.unsubscribe();
  }

  private letGo(): void {
    if (this.timerDueAt !== NOT_WAITING) this.page.runtime.wheel.cancel(this);
    const { release } = this;
    this.release = undefined;
    release?.();
  }

  private standIn(reason: UpstreamError['code']): void {
    const { fallback } = this.plan;
    const state = fallback ? 'fallback' : 'omitted';
    this.note(state, reason);
    this.page.settle(this.plan, fallback?.value, { state, reason });
  }

  private now(): number {
    return this.page.runtime.clock.now();
  }

  private note(outcome: SectionOutcome, reason: TraceCode | undefined): void {
    const { trace, page, plan } = this;
    if (trace === undefined && page.recorder === undefined) return;
    const now = this.now();
    trace?.end(now, outcome, reason);
    // What was cut off would have taken longer; what was skipped took no time.
    if (this.isLaunched && outcome !== 'cancelled') page.recorder?.sectionEnded(plan.index, now - this.launchedAt);
  }

  /** The call cannot know whose deadline it met: the section's own is a timeout, the page's is the deadline. */
  private named(error: UpstreamError): UpstreamError {
    if (error.code !== 'deadline-exceeded' || !this.hasOwnDeadline) return error;
    return new UpstreamError('upstream-timeout', error.upstream, `no answer within ${this.plan.timeoutMs} ms`, {
      instance: error.instance,
      cause: error,
    });
  }

  private bug(what: string): Error {
    return new TypeError(`${this.page.plan.name}.${this.plan.name}: ${what}`);
  }
}

function stale({ ageMs, reason }: Staleness): SectionState {
  return { state: 'stale', reason: reason as UpstreamError['code'], ageMs: Math.round(ageMs) };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
