import {
  type CallContext,
  type Clock,
  NOT_WAITING,
  PageFailed,
  type Repeatable,
  type SectionFailure,
  type TimerEntry,
  type TimerWheel,
  type UpstreamError,
} from 'guichet/kernel';
import type { PageGate } from './door/page-gate.js';
import type { PageRecorder } from './metrics/page-recorder.js';
import type { PagePlan, SectionPlan } from './plan.js';
import { NET_MS, SectionRun } from './section-run.js';
import type { SectionState } from './section-state.js';

/** What all pages of an app share. */
export interface PageRuntime {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  /** Whether what happens may be written down. */
  readonly isTraced: boolean;
  /** Whether it is of every request; else of those that are sampled or want to know. */
  readonly isAlwaysTraced: boolean;
}

/** Gets the outcome of a page: exactly one of the two, once, possibly before `start` returns; neither after `cancel`. */
export interface PageSink {
  /** @param run  has the values, and the states of those sections that are not fresh and whole */
  complete(run: PageRun): void;
  /** @param error  a `PageFailed`; an `InvalidInput`; anything else is a bug in a section's code */
  fail(error: unknown): void;
}

/**
 * Room 6: one request's way through a plan. Every section starts the moment its last need is there: finishing one counts
 * down its dependants and launches those that reach zero. No promises, no operator chains.
 */
export class PageRun implements TimerEntry, Repeatable {
  timerDueAt = NOT_WAITING;
  timerNext: TimerEntry | null = null;
  timerPrevious: TimerEntry | null = null;
  /** By slot; the inputs' first. */
  readonly values: unknown[];
  /** By section; undefined: fresh and whole, or not there yet. */
  readonly states: (SectionState | undefined)[] = [];
  private sections: SectionRun[] = [];
  private readonly waitsFor: number[] = [];
  private failures: { plan: SectionPlan; error: UpstreamError }[] | undefined;
  private open = 0;
  private isOver = false;
  /** Whether it begins again in a moment: until then nothing that its sections do counts. */
  private isAboutToBegin = false;
  private startedAt = 0;

  /**
   * @param inputs   the inputs' values, in the plan's order; the run goes on in this array
   * @param context  what calls inherit; its deadline is the page's
   * @param gate     who let it in and is told when it is over
   * @param recorder who is told how long sections took
   */
  constructor(
    readonly plan: PagePlan,
    inputs: unknown[],
    readonly context: CallContext,
    readonly runtime: PageRuntime,
    private readonly sink: PageSink,
    private readonly gate: PageGate | undefined = undefined,
    readonly recorder: PageRecorder | undefined = undefined,
  ) {
    this.values = inputs;
    this.prepare();
  }

  get name(): string {
    return this.plan.name;
  }

  /** Settles what is switched off, and launches what waits for nothing. */
  start(): void {
    const { clock, wheel } = this.runtime;
    this.startedAt = clock.now();
    wheel.schedule(this, this.context.deadlineAt - this.startedAt + NET_MS);
    this.context.request.repeatable = this;
    this.begin();
  }

  /**
   * Lets go of all sections and runs them anew, within the same budget. Not in the middle of whatever asks for it: in the next microtask.
   * Commands do not begin again, nor does what has called something that may not be called twice.
   */
  beginAgain(): boolean {
    if (this.isAboutToBegin) return true;
    const { request } = this.context;
    if (this.isOver || this.failures || request.hasWritten || this.plan.declaration.method !== 'GET') return false;
    this.isAboutToBegin = true;
    queueMicrotask(() => {
      if (this.isOver) return;
      for (const section of this.sections) section.stop();
      this.isAboutToBegin = false;
      this.prepare();
      this.begin();
    });
    return true;
  }

  /** Ends it: every upstream call is cancelled and the sink hears nothing more. Safe to call twice or late. */
  cancel(): void {
    if (this.isOver) return;
    this.end();
    for (const section of this.sections) section.stop();
  }

  /** A section has its value, or stands without one. For {@link SectionRun}. */
  settle(plan: SectionPlan, value: unknown, state: SectionState | undefined): void {
    if (this.isOver || this.failures || this.isAboutToBegin) return;
    this.values[plan.slot] = value;
    this.states[plan.index] = state;
    this.open--;
    const isOmitted = state?.state === 'omitted';
    for (const { index, isTolerant } of plan.dependants) {
      if (isOmitted && !isTolerant) this.sections[index]!.skip();
      else if (--this.waitsFor[index]! === 0) this.launch(index);
    }
    if (this.open === 0) this.complete();
  }

  /**
   * A required section failed. The page ends in the next microtask, so that those that fail in the same breath stand in
   * `failures` too. For {@link SectionRun}.
   * @see docs/decisions/0006-first-required-failure-ends-the-page.md
   */
  failRequired(plan: SectionPlan, error: UpstreamError): void {
    if (this.isOver || this.isAboutToBegin) return;
    if (this.failures) {
      this.failures.push({ plan, error });
      return;
    }
    this.failures = [{ plan, error }];
    queueMicrotask(() => this.endFailed());
  }

  /** Something was thrown that is no failure of an upstream: the page fails with it. For {@link SectionRun}. */
  break(error: unknown): void {
    if (this.isOver || this.isAboutToBegin) return;
    this.cancel();
    this.sink.fail(error);
  }

  /** The page's own deadline, a little past the calls' own expiry. */
  onDue(): void {
    for (const section of this.sections) section.expire();
  }

  private launch(index: number): void {
    if (!this.isOver && !this.failures && !this.isAboutToBegin) this.sections[index]!.launch();
  }

  private begin(): void {
    for (const index of this.plan.switchedOff) this.sections[index]!.switchOff();
    for (const index of this.plan.roots) this.launch(index);
  }

  /** Everything as before the first section. */
  private prepare(): void {
    const { plan, values, states, waitsFor } = this;
    const traces = this.context.request.trace?.sections;
    const sections: SectionRun[] = [];
    this.open = plan.sections.length;
    for (const section of plan.sections) {
      const { index, slot } = section;
      sections.push(new SectionRun(this, section, traces?.[index]));
      waitsFor[index] = section.waitsFor;
      states[index] = undefined;
      values[slot] = undefined;
    }
    this.sections = sections;
  }

  private complete(): void {
    if (this.isOver) return;
    if (this.gate !== undefined) {
      const now = this.runtime.clock.now();
      this.gate.served(now - this.startedAt, now);
    }
    this.end();
    this.sink.complete(this);
  }

  private end(): void {
    this.isOver = true;
    this.gate?.leave();
    this.runtime.wheel.cancel(this);
    // An idle keep-alive socket keeps its last request's context, and would keep the page's data with it.
    this.context.request.onDeparture = undefined;
    this.context.request.repeatable = undefined;
  }

  private endFailed(): void {
    if (this.isOver) return;
    const inOrder = this.failures!.sort((a, b) => a.plan.index - b.plan.index);
    this.gate?.failed(inOrder[0]!.error.code);
    this.cancel();
    const failures = inOrder.map(({ plan, error }): SectionFailure => ({ section: plan.name, error }));
    this.sink.fail(new PageFailed(this.plan.name, failures as [SectionFailure, ...SectionFailure[]]));
  }
}
