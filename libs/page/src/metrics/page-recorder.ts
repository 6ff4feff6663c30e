import { faultOf, PageFailed } from 'guichet/kernel';
import type { Counter, CounterFamily, Histogram, HistogramFamily } from 'guichet/observability';
import type { PagePlan } from '../plan.js';
import type { SectionState } from '../section-state.js';
import { traceCode } from '../trace-code.js';

/** Where a page's series are. */
export interface PageFamilies {
  readonly requests: CounterFamily;
  readonly durations: HistogramFamily;
  readonly bytes: CounterFamily;
  readonly sections: CounterFamily;
  readonly sectionDurations: HistogramFamily;
}

/** Counts one page. */
export class PageRecorder {
  private readonly complete: Counter;
  private readonly degraded: Counter;
  private readonly left: Counter;
  private readonly duration: Histogram;
  private readonly bytes: Counter;
  private readonly fresh: readonly Counter[];
  private readonly sectionDurations: readonly Histogram[];

  constructor(
    private readonly plan: PagePlan,
    private readonly families: PageFamilies,
  ) {
    const { name, sections } = plan;
    this.complete = families.requests.child(name, 'complete', '', 'none');
    this.degraded = families.requests.child(name, 'degraded', '', 'none');
    this.left = families.requests.child(name, 'departed', '', 'none');
    this.duration = families.durations.child(name);
    this.bytes = families.bytes.child(name);
    this.fresh = sections.map(section => families.sections.child(name, section.name, 'fresh', ''));
    this.sectionDurations = sections.map(section => families.sectionDurations.child(name, section.name));
  }

  /**
   * It was served.
   * @param states   by section; undefined: fresh
   * @param seconds  from the request's arrival
   * @param bytes    of its body
   */
  served(states: readonly (SectionState | undefined)[], isComplete: boolean, seconds: number, bytes: number): void {
    (isComplete ? this.complete : this.degraded).increment();
    this.duration.observe(seconds);
    this.bytes.add(bytes);
    const { fresh, plan, families } = this;
    for (let index = 0; index < fresh.length; index++) {
      const state = states[index];
      if (state === undefined) fresh[index]!.increment();
      else families.sections.child(plan.name, plan.sections[index]!.name, state.state, state.reason).increment();
    }
  }

  /** It failed; `error` is what the problem filter gets. */
  failed(error: unknown): void {
    const { plan, families } = this;
    const fault = faultOf(error, plan.declaration.method !== 'GET');
    families.requests.child(plan.name, 'failed', traceCode(error), fault).increment();
    if (!(error instanceof PageFailed)) return;
    for (const { section, error: cause } of error.failures)
      families.sections.child(plan.name, section, 'failed', cause.code).increment();
  }

  /**
   * One of its sections has a result, or failed.
   * @param ms  since its launch
   */
  sectionEnded(index: number, ms: number): void {
    this.sectionDurations[index]!.observe(ms / 1_000);
  }

  /** The client went away before its answer. */
  departed(): void {
    this.left.increment();
  }
}
