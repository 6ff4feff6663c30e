import type { CallContext, Schema } from 'guichet/kernel';
import type { IdentityChoice, RequestOptions } from './call-options.js';
import { headerList, headerValue } from './declared-headers.js';
import type { CallIdentity } from './identity/call-identity.js';
import type { UpstreamRequest } from './upstream-request.js';
import type { UpstreamRuntime } from './upstream-runtime.js';

/** What a call of any protocol may say. */
export type AnyCallOptions = IdentityChoice &
  RequestOptions & { readonly schema?: Schema<unknown>; readonly idempotencyKey?: string };

/**
 * Makes the request of a call. The one place, so that all have one shape; its values stand in a row and not in an object, since
 * every call of every page comes by here.
 * @param isSafe        see {@link UpstreamRequest.isSafe}
 * @param isRepeatable  beside what is safe or has an idempotency key, which always are
 * @throws InvalidInput  for headers that cannot be sent safely
 * @throws RangeError    for a timeout or retries out of range, a mistake in the client's code
 */
export function makeRequest(
  runtime: UpstreamRuntime,
  context: CallContext,
  method: string,
  template: string,
  target: string,
  body: string | Buffer | undefined,
  contentType: string | undefined,
  isSafe: boolean,
  isRepeatable: boolean,
  reader: object,
  options: AnyCallOptions,
): UpstreamRequest {
  const config = runtime.settings.of(context.request);
  const {
    idempotencyKey,
    timeoutMs = config.timeoutMs,
    maxRetries = config.maxRetries,
    hedge = config.hedge,
  } = options;
  if (!(timeoutMs > 0)) throw new RangeError(`${method} ${template}: timeoutMs must be above 0`);
  if (!(maxRetries >= 0 && maxRetries <= 3))
    throw new RangeError(`${method} ${template}: maxRetries must be from 0 to 3`);
  const identity = identityOf(runtime, options, context);
  return {
    upstream: runtime.name,
    method,
    template,
    target,
    headers: headerList(options.headers),
    body,
    contentType,
    idempotencyKey: idempotencyKey === undefined ? undefined : headerValue('idempotency-key', idempotencyKey),
    isSafe,
    isRepeatable: isSafe || isRepeatable || idempotencyKey !== undefined,
    isPublic: options.public === true,
    identity,
    identityKey: identity === undefined ? '' : identity.key,
    timeoutMs,
    maxRetries,
    isHedged: hedge,
    maxBytes: config.maxBytes,
    schema: options.schema,
    reader,
    context,
  };
}

function identityOf(
  { name, identities }: UpstreamRuntime,
  options: IdentityChoice,
  { request }: CallContext,
): CallIdentity | undefined {
  if (options.public !== true) return identities.of(options.identity, request);
  // The types say so too.
  if (options.identity === undefined || options.identity === 'none') return undefined;
  throw new TypeError(`a public call of "${name}" carries no identity: leave out \`public\` or \`identity\``);
}
