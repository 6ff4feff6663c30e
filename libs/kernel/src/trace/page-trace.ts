import { SectionTrace } from './section-trace.js';
import type { TraceCode } from './trace-code.js';

/** How an execution of a page ended. */
export type PageOutcome = 'complete' | 'degraded' | 'failed' | 'departed';

/** What a trace needs to know of a page's plan: made once at boot. */
export interface TracedPlan {
  /** The page's class. */
  readonly name: string;
  readonly sections: readonly {
    readonly name: string;
    readonly isRequired: boolean;
    /** The sections it waits for, by name. */
    readonly needs: readonly string[];
  }[];
}

/**
 * What happened in one execution of a page, written down as it happens: sections, their calls, the calls' attempts. Plain data,
 * instants in milliseconds on the kernel's clock. Logs, traces, `Server-Timing` and the inspector tell of it once it is over.
 */
export class PageTrace {
  /** By the plan's order. */
  readonly sections: SectionTrace[];
  endedAt: number | undefined = undefined;
  outcome: PageOutcome | undefined = undefined;
  /** Why it failed. */
  code: TraceCode | undefined = undefined;
  /** Of the body, before any compression; 0 where none was made. */
  bytes = 0;

  /**
   * @param startedAt  the request's arrival
   * @param enteredAt  when it had passed guards, and its inputs were to be read
   * @param budgetMs   from the arrival on
   */
  constructor(
    readonly plan: TracedPlan,
    readonly startedAt: number,
    readonly enteredAt: number,
    readonly budgetMs: number,
  ) {
    this.sections = plan.sections.map(section => new SectionTrace(section.name));
  }

  end(at: number, outcome: PageOutcome, code: TraceCode | undefined, bytes: number): void {
    if (this.endedAt !== undefined) return;
    this.endedAt = at;
    this.outcome = outcome;
    this.code = code;
    this.bytes = bytes;
  }
}
