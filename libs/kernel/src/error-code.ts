/**
 * Why a call, a section or a page did not come out whole: the closed set that clients, logs and metrics see.
 * What each means: `PROBLEM_TABLE`.
 */
export const ERROR_CODES = [
  'upstream-timeout',
  'upstream-refused',
  'upstream-reset',
  'upstream-status',
  'upstream-malformed',
  'upstream-too-large',
  'circuit-open',
  'bulkhead-full',
  'no-instances',
  'identity-missing',
  'identity-unavailable',
  'deadline-exceeded',
  'shed',
  'need-missing',
  'switched-off',
] as const;

/** One of {@link ERROR_CODES}. */
export type ErrorCode = (typeof ERROR_CODES)[number];
