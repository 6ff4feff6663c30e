import type { IncomingHttpHeaders } from 'node:http';
import type { Answer, AnswerReader } from './answer.js';
import { refused } from './json-answer.js';
import type { HttpRequest } from './upstream-request.js';

/** What a HEAD call yields. */
export interface HeadAnswer {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: IncomingHttpHeaders;
}

/** Reads the head of an answer. */
export const headAnswer: AnswerReader = {
  accept: 'application/json',
  read(request: HttpRequest, answer: Answer): HeadAnswer {
    if (answer.status < 200 || answer.status > 299) throw refused(request, answer);
    return { status: answer.status, headers: answer.headers };
  },
};
