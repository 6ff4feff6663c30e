import type { CallTrace } from './call-trace.js';
import type { TraceCode } from './trace-code.js';
import type { TracedCalls } from './traced-calls.js';

/** How a section ended: as `_sections` says it, or `fresh`; `failed` where the page failed by it, `cancelled` where its result was no longer wanted. */
export type SectionOutcome = 'fresh' | 'stale' | 'fallback' | 'omitted' | 'failed' | 'cancelled';

/** One section of one execution. Instants are milliseconds on the kernel's clock. */
export class SectionTrace implements TracedCalls {
  readonly calls: CallTrace[] = [];
  /** When its last need was there; undefined for one that never ran. */
  launchedAt: number | undefined = undefined;
  endedAt: number | undefined = undefined;
  outcome: SectionOutcome | undefined = undefined;
  reason: TraceCode | undefined = undefined;

  constructor(readonly name: string) {}

  end(at: number, outcome: SectionOutcome, reason: TraceCode | undefined): void {
    this.endedAt = at;
    this.outcome = outcome;
    this.reason = reason;
  }
}
