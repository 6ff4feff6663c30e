import type { ErrorCode } from './error-code.js';

/** What else is known of a failed call; nothing of it reaches a client unless a table says so. */
export interface UpstreamErrorDetails {
  /** `host:port` of the instance that failed, for logs. */
  readonly instance?: string | undefined;
  /** The upstream's HTTP status, where it answered; of another protocol the HTTP status that means the same. */
  readonly status?: number | undefined;
  /** Milliseconds after which the upstream wants to be asked again (`Retry-After`). */
  readonly retryAfterMs?: number | undefined;
  /** The body of a 400, 409 or 422, parsed; declared fields of it may pass to the client. */
  readonly body?: unknown;
  /** What was caught. */
  readonly cause?: unknown;
}

/**
 * The one way a call to an upstream fails. Anything else that is thrown in a section's code is a bug of that code.
 * Carries no stack: it tells of another machine's trouble, and under load it is made often.
 */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly instance: string | undefined;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly body: unknown;

  /**
   * @param code      why
   * @param upstream  the upstream's name, as in `@Upstream`
   * @param message   for logs, in words; never sent to a client
   */
  constructor(
    readonly code: ErrorCode,
    readonly upstream: string,
    message: string,
    details: UpstreamErrorDetails = {},
  ) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(`${upstream}: ${message}`, details.cause === undefined ? undefined : { cause: details.cause });
    Error.stackTraceLimit = limit;
    this.instance = details.instance;
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
    this.body = details.body;
  }
}
