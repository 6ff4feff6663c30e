import { UpstreamError } from 'guichet/kernel';
import type { Answer, AnswerReader } from '../answer.js';
import { malformed, refused } from '../json-answer.js';
import { isJson, isPlain } from '../media-type.js';
import { harmlessJson } from '../parse-json.js';
import type { HttpRequest } from '../upstream-request.js';

/** An answer as axios code sees it. */
export interface AxiosAnswer {
  readonly status: number;
  readonly headers: Answer['headers'];
  readonly data: string | Buffer;
}

/** An answer that is no success: failed for the stack, perhaps not for the caller's `validateStatus`. */
export class AnsweredError extends UpstreamError {
  constructor(
    readonly answer: AxiosAnswer,
    error: UpstreamError,
  ) {
    super(error.code, error.upstream, error.message.slice(error.upstream.length + 2), error);
  }
}

/** Reads answers as text, which axios' own `transformResponse` makes a value of. What says it is JSON must be. */
export const textAnswer: AnswerReader = {
  accept: 'application/json, text/plain, */*',
  read: (...args) => read(textOf, ...args),
};

/** Reads answers as bytes. */
export const bytesAnswer: AnswerReader = { accept: '*/*', read: (...args) => read(bytesOf, ...args) };

type BodyReader = (request: HttpRequest, answer: Answer) => string | Buffer;

function read(bodyOf: BodyReader, request: HttpRequest, answer: Answer): AxiosAnswer {
  const isSuccess = answer.status >= 200 && answer.status <= 299;
  const { status, headers } = answer;
  if (isSuccess) return { status, headers, data: bodyOf(request, answer) };
  let data: string | Buffer = '';
  try {
    data = bodyOf(request, answer);
  } catch {
    // The status says enough.
  }
  throw new AnsweredError({ status, headers, data }, refused(request, answer));
}

function bytesOf(request: HttpRequest, answer: Answer): Buffer {
  if (!isPlain(answer.header('content-encoding'))) throw malformed(request, answer, 'sent an encoded body, unasked');
  return answer.body;
}

function textOf(request: HttpRequest, answer: Answer): string {
  const body = bytesOf(request, answer);
  if (!isJson(answer.header('content-type')) || request.method === 'HEAD') return body.toString('utf8');
  if (body.length === 0 && answer.status === 200) throw malformed(request, answer, 'answered 200 without a body');
  if (body.length === 0) return '';
  try {
    return harmlessJson(body);
  } catch {
    throw malformed(request, answer, 'sent invalid JSON');
  }
}
