import { AxiosError, type InternalAxiosRequestConfig } from 'axios';
import type { CallContext } from 'guichet/kernel';
import { OWNED_HEADERS } from '../declared-headers.js';
import type { HttpMethod, HttpRequest } from '../upstream-request.js';
import type { UpstreamRuntime } from '../upstream-runtime.js';
import { bytesAnswer, textAnswer } from './axios-answer.js';
import { axiosTarget } from './axios-target.js';

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] satisfies HttpMethod[];
/** Options that would send the request elsewhere, past the stack. */
/** What says who asks: never a header of the code's own. */
const IDENTITY_HEADERS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'x-identity']);
const FOREIGN_OPTIONS = ['baseURL', 'socketPath', 'transport'] as const;

/**
 * Makes a request of axios' options.
 * @param url  path and query, parameters included
 * @throws AxiosError  for what the stack cannot do
 */
export function axiosRequest(
  runtime: UpstreamRuntime,
  config: InternalAxiosRequestConfig,
  url: string,
  context: CallContext,
): HttpRequest {
  for (const option of FOREIGN_OPTIONS) {
    if (config[option]) throw invalid(`"${option}" is not possible: the host comes from discovery`, config);
  }
  const method = (config.method ?? 'get').toUpperCase();
  if (!METHODS.includes(method)) throw invalid(`method ${method} is not possible`, config);
  if (config.responseType === 'stream')
    throw invalid('responseType "stream" is not possible: answers are collected', config);
  const headers = sendable(config);
  const identity = runtime.identities.of(undefined, context.request);
  if (identity && config.auth) throw invalid('"auth" is not possible where the upstream has an `identity`', config);
  const limit = config.maxContentLength ?? -1;
  const settings = runtime.settings.of(context.request);
  return {
    upstream: runtime.name,
    method: method as HttpMethod,
    // Not the path: it holds values, which messages and metrics must not.
    template: '(axios)',
    target: target(url, config),
    headers: headers.list,
    body: bodyOf(config),
    contentType: headers.contentType,
    idempotencyKey: headers.idempotencyKey,
    isSafe: method === 'GET' || method === 'HEAD',
    isRepeatable: method === 'GET' || method === 'HEAD' || headers.idempotencyKey !== undefined,
    isPublic: false,
    identity,
    // Interceptors may add credentials under any name.
    identityKey: undefined,
    timeoutMs: config.timeout ? config.timeout : settings.timeoutMs,
    maxRetries: settings.maxRetries,
    isHedged: settings.hedge,
    maxBytes: limit >= 0 ? Math.min(limit, settings.maxBytes) : settings.maxBytes,
    schema: undefined,
    reader: config.responseType === 'arraybuffer' ? bytesAnswer : textAnswer,
    context,
  };
}

function target(url: string, config: InternalAxiosRequestConfig): string {
  try {
    return axiosTarget(url);
  } catch (error) {
    throw invalid((error as Error).message, config, AxiosError.ERR_INVALID_URL);
  }
}

function sendable(config: InternalAxiosRequestConfig): {
  list: string[];
  contentType: string | undefined;
  idempotencyKey: string | undefined;
} {
  const list: string[] = [];
  const owned: Record<string, string> = {};
  for (const [given, value] of Object.entries(config.headers.toJSON(true))) {
    if (value === null || value === undefined) continue;
    const name = given.toLowerCase();
    if (IDENTITY_HEADERS.has(name)) {
      throw invalid(`header "${name}" is not possible: the upstream's \`identity\` says as whom it is called`, config);
    }
    if (OWNED_HEADERS.has(name)) owned[name] = String(value);
    else list.push(name, String(value));
  }
  if (config.auth) {
    const { username, password } = config.auth;
    list.push('authorization', `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`);
  }
  return { list, contentType: owned['content-type'], idempotencyKey: owned['idempotency-key'] };
}

function bodyOf(config: InternalAxiosRequestConfig): string | Buffer | undefined {
  const data: unknown = config.data;
  if (data === undefined || data === null) return undefined;
  if (typeof data === 'string' || Buffer.isBuffer(data)) return data;
  if (data instanceof ArrayBuffer) return Buffer.from(data);
  throw invalid(
    'the body must be JSON, text, form-urlencoded or bytes: streams and forms with files are not possible',
    config,
  );
}

function invalid(message: string, config: InternalAxiosRequestConfig, code = AxiosError.ERR_NOT_SUPPORT): AxiosError {
  return new AxiosError(message, code, config);
}
