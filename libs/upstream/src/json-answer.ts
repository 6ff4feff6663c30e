import { check, UpstreamError } from 'guichet/kernel';
import type { Answer, AnswerReader } from './answer.js';
import { isJson, isPlain } from './media-type.js';
import { misfit } from './misfit.js';
import { parseJson } from './parse-json.js';
import { type HttpRequest, named, type UpstreamRequest } from './upstream-request.js';

/** Reads answers as JSON that fits the call's schema. Messages name the call and the field, never a value. */
export const jsonAnswer: AnswerReader = {
  accept: 'application/json',

  read(request: HttpRequest, answer: Answer): unknown {
    if (answer.status < 200 || answer.status > 299) throw refused(request, answer);
    if (answer.body.length === 0) {
      // A 200 has something to say (RFC 9110, 15.3.1); who has not says 204.
      if (request.schema === undefined && answer.status !== 200) return undefined;
      throw malformed(request, answer, `answered ${answer.status} without a body`);
    }
    const value = parsed(request, answer);
    if (request.schema === undefined) return value;
    const checked = check(request.schema, value);
    if (checked.ok) return checked.value;
    throw malformed(request, answer, misfit(checked.issues));
  },
};

/** An answer that is no success, with the parsed body where it may say what was wrong with the request. */
export function refused(request: UpstreamRequest, answer: Answer): UpstreamError {
  return new UpstreamError('upstream-status', request.upstream, `${named(request)} answered ${answer.status}`, {
    instance: answer.address,
    status: answer.status,
    retryAfterMs: answer.retryAfterMs,
    body: explains(answer.status) ? readable(answer) : undefined,
  });
}

/** An answer that cannot be read. */
export function malformed(request: UpstreamRequest, answer: Answer, message: string, cause?: unknown): UpstreamError {
  return new UpstreamError('upstream-malformed', request.upstream, `${named(request)} ${message}`, {
    instance: answer.address,
    status: answer.status,
    cause,
  });
}

function parsed(request: HttpRequest, answer: Answer): unknown {
  if (!isPlain(answer.header('content-encoding'))) throw malformed(request, answer, 'sent an encoded body, unasked');
  if (!isJson(answer.header('content-type'))) throw malformed(request, answer, 'did not send JSON');
  try {
    return parseJson(answer.body);
  } catch {
    // The parser's own message quotes the body.
    throw malformed(request, answer, 'sent invalid JSON');
  }
}

function explains(status: number): boolean {
  return status === 400 || status === 409 || status === 422;
}

function readable(answer: Answer): unknown {
  if (!isPlain(answer.header('content-encoding')) || !isJson(answer.header('content-type'))) return undefined;
  try {
    return parseJson(answer.body);
  } catch {
    return undefined;
  }
}
