import { fullJitterBackoffMs } from './backoff.js';

/** How retries are spread. */
export interface RetryDelayOptions {
  /** Milliseconds, the longest wait before a first retry; doubles with each. */
  readonly baseMs: number;
  /** Milliseconds, the longest wait before any retry. */
  readonly maxMs: number;
}

/** Envoy's: 25 ms, and ten times that. */
export const RETRY_DELAY_DEFAULTS: RetryDelayOptions = Object.freeze({ baseMs: 25, maxMs: 250 });

/** What {@link retryDelayMs} answers where a retry could not finish. */
export const NO_RETRY = -1;

/**
 * How long to wait before a retry: full jitter, on top of what the upstream asked for. A jitter that would not fit is cut;
 * a `Retry-After` that does not fit means no retry, for calling earlier would disobey it.
 * @param failures      attempts that have failed, >= 1
 * @param leftMs        milliseconds until the call's deadline
 * @param attemptMs     milliseconds an attempt usually takes, say the upstream's median: less need not be started
 * @param retryAfterMs  milliseconds the upstream asked to wait; undefined when it did not
 * @param random        a number in [0, 1)
 * @returns milliseconds, >= 0, or {@link NO_RETRY}
 */
export function retryDelayMs(
  failures: number,
  leftMs: number,
  attemptMs: number,
  retryAfterMs: number | undefined,
  random: number,
  { baseMs, maxMs }: RetryDelayOptions = RETRY_DELAY_DEFAULTS,
): number {
  const leastMs = retryAfterMs ?? 0;
  const roomMs = leftMs - attemptMs - leastMs;
  if (!(roomMs > 0)) return NO_RETRY;
  return leastMs + Math.min(roomMs, fullJitterBackoffMs(failures, baseMs, maxMs, random));
}
