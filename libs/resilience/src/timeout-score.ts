/** From how many times the upstream's median on an attempt that was cut short tells against its instance. */
const SUSPICIOUS_MEDIANS = 3;

/**
 * What an attempt that ended by time says about its instance. One that was cut short by the section or the page after a
 * usual time says nothing; but a blackholed instance would never be seen if being cut short were always nothing.
 * @param elapsedMs       milliseconds the attempt ran
 * @param fullTimeoutMs   milliseconds of the attempt's own timeout
 * @param medianMs        milliseconds, the upstream's median latency; undefined while unknown
 * @returns whether it counts as a failure of the instance, or as nothing
 */
export function timeoutScore(
  elapsedMs: number,
  fullTimeoutMs: number,
  medianMs: number | undefined,
): 'failure' | 'nothing' {
  if (elapsedMs >= fullTimeoutMs) return 'failure';
  return medianMs !== undefined && elapsedMs > SUSPICIOUS_MEDIANS * medianMs ? 'failure' : 'nothing';
}
