import { UpstreamError } from 'guichet/kernel';
import type { Answer } from '../answer.js';
import { named, type UpstreamRequest } from '../upstream-request.js';

/** One error of a GraphQL answer. */
export interface GraphqlError {
  /** As the service says it, for people: it may be about anything. */
  readonly message: string;
  /** The field, dotted (`film.similar.0.title`); empty for the whole. */
  readonly path: string;
  /** `extensions.code`, where there is one. */
  readonly code: string | undefined;
}

/** A service does not know a document by its hash: it must be sent in full. */
export class DocumentUnknown extends UpstreamError {}

/** How many errors of an answer are looked at. */
const MAX_ERRORS = 50;

/** Codes that services have in common, by the HTTP status that means the same. */
const STATUS: Readonly<Record<string, number>> = {
  GRAPHQL_PARSE_FAILED: 400,
  GRAPHQL_VALIDATION_FAILED: 400,
  BAD_REQUEST: 400,
  BAD_USER_INPUT: 400,
  UNAUTHENTICATED: 401,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  TOO_MANY_REQUESTS: 429,
  INTERNAL_SERVER_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
};
const UNKNOWN_DOCUMENT = new Set(['PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound']);

interface RawError {
  readonly message?: unknown;
  readonly path?: unknown;
  readonly extensions?: {
    readonly code?: unknown;
    readonly status?: unknown;
    readonly http?: { readonly status?: unknown };
  };
}

/** @returns the errors of an answer, as far as they are any; undefined where it is no list */
export function graphqlErrors(errors: unknown): GraphqlError[] | undefined {
  if (errors === undefined || errors === null) return [];
  if (!Array.isArray(errors)) return undefined;
  return errors.slice(0, MAX_ERRORS).map((given: unknown) => {
    const { message, path, extensions } = Object(given) as RawError;
    return {
      message: typeof message === 'string' ? message : 'without a message',
      path: Array.isArray(path) ? path.join('.') : '',
      code: typeof extensions?.code === 'string' ? extensions.code : undefined,
    };
  });
}

/**
 * The error of a call whose answer has errors. What the service says stays here, but for what it has against a call's input.
 * @param raw  as they came
 */
export function graphqlFailure(
  request: UpstreamRequest,
  answer: Answer,
  errors: readonly GraphqlError[],
  raw: unknown,
): UpstreamError {
  const { code, message } = errors[0]!;
  const details = { instance: answer.address, retryAfterMs: answer.retryAfterMs };
  if (UNKNOWN_DOCUMENT.has(code ?? message)) {
    return new DocumentUnknown('upstream-status', request.upstream, `${named(request)}: a document it does not know`, {
      ...details,
      status: 404,
    });
  }
  const status = statusOf((raw as readonly RawError[])[0], code) ?? (answer.status >= 400 ? answer.status : 500);
  const isExplained = status === 400 || status === 409 || status === 422;
  return new UpstreamError(
    'upstream-status',
    request.upstream,
    `${named(request)} answered with ${errors.length} errors`,
    {
      ...details,
      status,
      body: isExplained ? { errors: errors.map(({ path, message: text }) => ({ path, message: text })) } : undefined,
    },
  );
}

function statusOf(raw: RawError | undefined, code: string | undefined): number | undefined {
  const given = raw?.extensions?.http?.status ?? raw?.extensions?.status;
  if (typeof given === 'number' && Number.isInteger(given) && given >= 400 && given <= 599) return given;
  return code === undefined || !Object.hasOwn(STATUS, code) ? undefined : STATUS[code];
}
