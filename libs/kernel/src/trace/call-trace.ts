import type { AttemptTrace, TraceOutcome } from './attempt-trace.js';
import type { TraceCode } from './trace-code.js';

/** One call of an upstream, with all its attempts. Instants are milliseconds on the kernel's clock. */
export class CallTrace {
  readonly attempts: AttemptTrace[] = [];
  /** Undefined while it is under way. */
  endedAt: number | undefined = undefined;
  outcome: TraceOutcome | undefined = undefined;
  code: TraceCode | undefined = undefined;
  /** Whether it waited for the answer of an equal call: the attempts are that one's. */
  isShared = false;
  /** Whether it waited for a place in its upstream's bulkhead. */
  isQueued = false;
  /** Whether a further attempt was due that the retry budget did not allow. */
  isRetryRefused = false;
  /** Whether its answer came out of a cache. */
  isCached = false;
  /** The subset of instances it was made on; undefined where the upstream has none. */
  subset: string | undefined = undefined;
  /** The subset that was chosen and left, and why: a code, or `ejected`. */
  leftSubset: string | undefined = undefined;

  /**
   * @param upstream  its name
   * @param method    `GET`, or what a protocol calls it
   * @param template  the path template, without any value
   */
  constructor(
    readonly upstream: string,
    readonly method: string,
    readonly template: string,
    readonly startedAt: number,
  ) {}

  end(at: number, outcome: TraceOutcome, code: TraceCode | undefined): void {
    this.endedAt = at;
    this.outcome = outcome;
    this.code = code;
  }

  /**
   * Moves its end, where it was over: what it counts as was known before its answer's body was through.
   * @param code  what the body broke off with; undefined: it did not
   */
  goOn(until: number, code: TraceCode | undefined): void {
    if (this.endedAt === undefined) return;
    this.endedAt = until;
    if (code === undefined || this.outcome !== 'succeeded') return;
    this.outcome = 'failed';
    this.code = code;
  }
}
