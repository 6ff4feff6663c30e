import type { ErrorCode } from './error-code.js';
import type { UpstreamError } from './upstream-error.js';

/** Whose trouble it is: the client's own, ours, or a service's behind us. */
export type Fault = 'client' | 'gateway' | 'upstream';

/** What a code means to the outside and to the log. */
export interface ProblemKind {
  /** The HTTP status of a page that fails with it. */
  readonly status: number;
  /** The same words for every occurrence, as RFC 9457 asks. */
  readonly title: string;
  readonly fault: Fault;
  /** How loud the log is. What comes by the thousand when something else is down is `debug`. */
  readonly level: 'debug' | 'warn' | 'error';
}

/**
 * What every error code means: exhaustive by its type, so a new code does not compile without its line here.
 * @see docs/problems.md
 */
export const PROBLEM_TABLE: Readonly<Record<ErrorCode, ProblemKind>> = {
  'upstream-timeout': {
    status: 504,
    title: 'A service took too long to answer',
    fault: 'upstream',
    level: 'warn',
  },
  'upstream-refused': {
    status: 502,
    title: 'A service could not be connected to',
    fault: 'upstream',
    level: 'warn',
  },
  'upstream-reset': {
    status: 502,
    title: 'A service broke off its answer',
    fault: 'upstream',
    level: 'warn',
  },
  'upstream-status': {
    status: 502,
    title: 'A service answered with an error',
    fault: 'upstream',
    level: 'warn',
  },
  'upstream-malformed': {
    status: 502,
    title: 'A service gave an answer that cannot be used',
    fault: 'upstream',
    level: 'error',
  },
  'upstream-too-large': {
    status: 502,
    title: 'A service gave an answer that is too large',
    fault: 'upstream',
    level: 'error',
  },
  'circuit-open': {
    status: 503,
    title: 'A service is being left alone to recover',
    fault: 'upstream',
    level: 'debug',
  },
  'bulkhead-full': {
    status: 503,
    title: 'Too many calls to a service are under way',
    fault: 'gateway',
    level: 'debug',
  },
  'no-instances': {
    status: 503,
    title: 'A service has no instance that could be asked',
    fault: 'upstream',
    level: 'warn',
  },
  'identity-missing': {
    status: 401,
    title: 'A service must know who asks',
    fault: 'client',
    level: 'debug',
  },
  'identity-unavailable': {
    status: 503,
    title: 'A service cannot be told who asks',
    fault: 'gateway',
    level: 'warn',
  },
  'deadline-exceeded': {
    status: 504,
    title: 'The page ran out of time',
    fault: 'gateway',
    level: 'warn',
  },
  shed: {
    status: 503,
    title: 'There is more to do than can be done now',
    fault: 'gateway',
    level: 'debug',
  },
  'need-missing': {
    status: 502,
    title: 'Something this page builds on is missing',
    fault: 'upstream',
    level: 'debug',
  },
  'switched-off': {
    status: 503,
    title: 'This is switched off for now',
    fault: 'gateway',
    level: 'debug',
  },
};

/** What an upstream's own status means where it says more than "an error". */
const PASSED_ON: Readonly<Record<number, ProblemKind>> = {
  404: { status: 404, title: 'Not found', fault: 'client', level: 'debug' },
  410: { status: 410, title: 'Gone', fault: 'client', level: 'debug' },
  429: { status: 503, title: 'A service is asked too often', fault: 'upstream', level: 'warn' },
};

/** The refusals of a command that are the client's to mend. */
const REFUSALS: Readonly<Record<number, ProblemKind>> = {
  400: { status: 400, title: 'The service refuses the request', fault: 'client', level: 'debug' },
  409: { status: 409, title: 'The request conflicts with the state of things', fault: 'client', level: 'debug' },
  422: { status: 422, title: 'The service cannot process the request', fault: 'client', level: 'debug' },
};

/**
 * @param isCommand  whether the client asked for a change (not GET or HEAD): only then an upstream's 400, 409 and 422
 *                   speak of what the client sent; in a read they speak of what we sent
 * @returns what a failed call means for the answer
 */
export function problemKind(error: UpstreamError, isCommand: boolean): ProblemKind {
  if (error.code === 'upstream-status' && error.status !== undefined) {
    const known = PASSED_ON[error.status] ?? (isCommand ? REFUSALS[error.status] : undefined);
    if (known !== undefined) return known;
  }
  return PROBLEM_TABLE[error.code];
}

/** Whether an error is a command's refusal, whose declared fields pass to the client. */
export function isRefusal(error: UpstreamError, isCommand: boolean): boolean {
  return isCommand && error.code === 'upstream-status' && error.status !== undefined && error.status in REFUSALS;
}
