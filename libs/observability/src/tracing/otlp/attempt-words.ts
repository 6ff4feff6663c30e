import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_RESEND_COUNT,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from '@opentelemetry/semantic-conventions';
import type { AttemptTrace, CallTrace } from 'guichet/kernel';
import { numberAttribute, textAttribute } from './attribute.js';
import { ATTEMPT_KIND, ATTEMPT_NUMBER, PEER_SERVICE, URL_TEMPLATE } from './attributes.js';
import { endingAttributes, isOver } from './ending.js';
import { HTTP_METHODS } from './http-methods.js';
import { CLIENT, spanWords } from './span-words.js';

/** Says what one attempt at one instance was and how it ended: the span that the upstream was told as its parent. */
export function attemptWords(call: CallTrace, attempt: AttemptTrace, until: number): string {
  const { upstream, method, template } = call;
  const { number, kind, instance, status, code } = attempt;
  const isEnded = isOver(attempt, until);
  const colon = instance.lastIndexOf(':');
  const host = instance.startsWith('[') ? instance.slice(1, colon - 1) : instance.slice(0, colon);
  return spanWords(`${method} ${template}`, CLIENT, isEnded && code !== undefined, [
    // Other protocols have words of their own.
    ...(HTTP_METHODS.has(method) ? [textAttribute(ATTR_HTTP_REQUEST_METHOD, method)] : []),
    textAttribute(URL_TEMPLATE, template),
    textAttribute(ATTR_SERVER_ADDRESS, host),
    numberAttribute(ATTR_SERVER_PORT, Number(instance.slice(colon + 1))),
    textAttribute(PEER_SERVICE, upstream),
    numberAttribute(ATTEMPT_NUMBER, number),
    textAttribute(ATTEMPT_KIND, kind),
    ...endingAttributes(attempt, until),
    ...(kind === 'retry' ? [numberAttribute(ATTR_HTTP_REQUEST_RESEND_COUNT, number - 1)] : []),
    ...(isEnded && status > 0 ? [numberAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, status)] : []),
  ]);
}
