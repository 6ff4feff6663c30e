import { UpstreamError } from 'guichet/kernel';
import { timeoutScore } from 'guichet/resilience';
import type { Attempt } from './attempt.js';
import type { Outcome } from './passage.js';

/** What a finished attempt says about who was called. */
export type AttemptScore = 'success' | 'failure' | 'nothing';

/**
 * What an attempt that left a layer says about its upstream and its instance. An answer that means something (2xx, 3xx,
 * 4xx) is a success, whatever the page makes of it. An attempt that ended by time tells against the upstream when it
 * had its full time, or ran suspiciously long before the section, the page or a follower gave up. Nothing is said by the
 * client's departure, by a hedge that was outrun, by "come later" (429), and by what was never sent.
 * @param error      as the layer's `left` got it
 * @param elapsedMs  milliseconds it ran
 * @param medianMs   milliseconds, the upstream's median latency; undefined while unknown
 */
export function attemptScore(
  attempt: Attempt,
  outcome: Outcome,
  error: unknown,
  elapsedMs: number,
  medianMs: number | undefined,
): AttemptScore {
  if (outcome === 'succeeded') return 'success';
  if (outcome === 'cancelled') {
    if (attempt.isOutrun || attempt.isDeparted) return 'nothing';
    return timeoutScore(elapsedMs, attempt.request.timeoutMs, medianMs);
  }
  if (!(error instanceof UpstreamError)) return 'nothing';
  switch (error.code) {
    case 'upstream-status':
      if (error.status === 429) return 'nothing';
      return error.status !== undefined && error.status >= 500 ? 'failure' : 'success';
    case 'upstream-timeout':
    case 'upstream-refused':
    case 'upstream-reset':
    case 'upstream-malformed':
    case 'upstream-too-large':
      return 'failure';
    case 'deadline-exceeded':
      return timeoutScore(elapsedMs, attempt.request.timeoutMs, medianMs);
    default:
      return 'nothing';
  }
}
