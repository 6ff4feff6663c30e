import type { CallContext } from 'guichet/kernel';
import type { AnswerReader } from './answer.js';
import { type AnyCallOptions, makeRequest } from './make-request.js';
import { fillTemplate } from './path-template.js';
import { type Query, queryString } from './query-string.js';
import type { HttpMethod, UpstreamRequest } from './upstream-request.js';
import type { UpstreamRuntime } from './upstream-runtime.js';

/** What a call by a path may say, whatever its body is. */
export type AnyPathOptions = AnyCallOptions & {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Query;
};

/**
 * Makes the request of a call by HTTP.
 * @param isSafe  whether it changes nothing though its method says it may
 * @throws InvalidInput  for values that cannot be sent safely
 */
export function httpRequest(
  runtime: UpstreamRuntime,
  context: CallContext,
  method: HttpMethod,
  path: string,
  body: string | undefined,
  contentType: string,
  isSafe: boolean,
  reader: AnswerReader,
  options: AnyPathOptions,
): UpstreamRequest {
  const template = runtime.template(path);
  return makeRequest(
    runtime,
    context,
    method,
    template.text,
    fillTemplate(template, options.params) + queryString(options.query),
    body,
    body === undefined ? undefined : contentType,
    isSafe || method === 'GET' || method === 'HEAD',
    false,
    reader,
    options,
  );
}
