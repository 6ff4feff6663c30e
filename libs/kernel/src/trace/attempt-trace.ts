import type { TraceCode } from './trace-code.js';

/**
 * Why an attempt was made: its call's first, a further one after a failure, one beside an attempt that is slow, or one on another
 * subset of instances than the one that was chosen.
 */
export type AttemptKind = 'first' | 'retry' | 'hedge' | 'fallback';

/** How an attempt or a call ended. */
export type TraceOutcome = 'succeeded' | 'failed' | 'cancelled';

/** One attempt at one instance. Instants are milliseconds on the kernel's clock. */
export class AttemptTrace {
  /** When the head of its answer was there, where the body is handed on as it comes; undefined for answers that are collected. */
  headAt: number | undefined = undefined;
  /** Undefined while it is under way: one that is shared may outlive the page that began it. */
  endedAt: number | undefined = undefined;
  outcome: TraceOutcome | undefined = undefined;
  /** What it failed with; `bug` is none of an upstream's. */
  code: TraceCode | undefined = undefined;
  /** The answer's HTTP status; 0 where there was none. */
  status = 0;
  /** Of the answer's body. */
  bytes = 0;

  /**
   * @param number    1 for a call's first, and so on
   * @param instance  `host:port`
   * @param spanId    16 hex digits where the request is sampled: what the upstream was told as its parent
   */
  constructor(
    readonly number: number,
    readonly kind: AttemptKind,
    readonly instance: string,
    readonly startedAt: number,
    readonly spanId: string | undefined,
  ) {}

  end(at: number, outcome: TraceOutcome, code: TraceCode | undefined, status: number, bytes: number): void {
    this.endedAt = at;
    this.outcome = outcome;
    this.code = code;
    this.status = status;
    this.bytes = bytes;
  }

  /**
   * Moves its end: what it counts as was known before its body was through.
   * @param code  what the body broke off with; undefined: it did not
   */
  goOn(until: number, bytes: number, code: TraceCode | undefined): void {
    this.endedAt = until;
    this.bytes = bytes;
    if (code === undefined || this.outcome !== 'succeeded') return;
    this.outcome = 'failed';
    this.code = code;
  }
}
