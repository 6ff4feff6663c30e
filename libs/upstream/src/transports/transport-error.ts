import { type ErrorCode, UpstreamError } from 'guichet/kernel';
import type { Attempt } from '../attempt.js';
import { named } from '../upstream-request.js';

/** What undici says, where it does not mean a lost connection. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  UND_ERR_HEADERS_TIMEOUT: 'upstream-timeout',
  UND_ERR_BODY_TIMEOUT: 'upstream-timeout',
  UND_ERR_HEADERS_OVERFLOW: 'upstream-malformed',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'upstream-malformed',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'upstream-too-large',
  UND_ERR_CONNECT_TIMEOUT: 'upstream-refused',
};

/**
 * Says what a failed exchange was. Before a byte was sent everything is `upstream-refused`, whatever the system called
 * it (refused, unreachable, unknown host, connect timeout, bad certificate): the instance did nothing. Afterwards a
 * lost connection is `upstream-reset`: it may have done the work.
 * @param isSent  whether the request had a connection
 * @returns an UpstreamError, or what was caught when it is a mistake in our own request
 */
export function transportError(attempt: Attempt, caught: Error & { code?: string }, isSent: boolean): unknown {
  if (caught.code === 'UND_ERR_INVALID_ARG' || caught.code === 'UND_ERR_NOT_SUPPORTED') return caught;
  const isUnparsable = caught.name === 'HTTPParserError';
  const code = isUnparsable ? 'upstream-malformed' : codeOf(caught.code ?? '', isSent);
  const message = `${named(attempt.request)}: ${caught.code ?? caught.name}`;
  return new UpstreamError(code, attempt.request.upstream, message, {
    instance: attempt.endpoint?.address,
    // A parser's error carries bytes of the answer.
    cause: isUnparsable ? undefined : caught,
  });
}

function codeOf(code: string, isSent: boolean): ErrorCode {
  return CODES[code] ?? (isSent ? 'upstream-reset' : 'upstream-refused');
}
