import { check, UpstreamError } from 'guichet/kernel';
import type { Answer, AnswerReader } from '../answer.js';
import { malformed, refused } from '../json-answer.js';
import { isJson, isPlain } from '../media-type.js';
import { misfit } from '../misfit.js';
import { parseJson } from '../parse-json.js';
import type { HttpRequest, UpstreamRequest } from '../upstream-request.js';
import { type GraphqlError, graphqlErrors, graphqlFailure } from './graphql-errors.js';

const ACCEPT = 'application/graphql-response+json, application/json;q=0.9';

/** What a query came to that may be answered in part. */
export interface GraphqlOutcome<D> {
  /** Where a field failed it is null, as far up as the schema lets it be. */
  readonly data: D;
  readonly errors: readonly GraphqlError[];
}

/** How one answer is made a value: by all or nothing, or with what failed. */
export type GraphqlMode = 'whole' | 'partial';

/** Reads an answer of GraphQL over HTTP. */
class GraphqlAnswerReader implements AnswerReader {
  readonly accept = ACCEPT;

  constructor(private readonly mode: GraphqlMode) {}

  read(request: HttpRequest, answer: Answer): unknown {
    return graphqlValue(request, answer, parsed(request, answer), this.mode);
  }
}

const READERS: Readonly<Record<GraphqlMode, AnswerReader>> = {
  whole: new GraphqlAnswerReader('whole'),
  partial: new GraphqlAnswerReader('partial'),
};

/** @returns the reader of single answers */
export function graphqlAnswer(mode: GraphqlMode): AnswerReader {
  return READERS[mode];
}

/** One answer among those to a list of calls. */
export interface GraphqlListed {
  readonly answer: Answer;
  readonly result: unknown;
}

/** Reads the answer to a list of calls: as long as that, and each still to be read. */
export const graphqlList: AnswerReader = {
  accept: ACCEPT,
  read(request: HttpRequest, answer: Answer): readonly GraphqlListed[] {
    const results = parsed(request, answer);
    if (answer.status < 200 || answer.status > 299) throw refused(request, answer);
    if (!Array.isArray(results)) throw malformed(request, answer, 'answered a list of calls with no list');
    return results.map((result: unknown) => ({ answer, result }));
  },
};

/**
 * Makes a call's value of one result.
 * @throws UpstreamError  if it has errors and must be whole, or is no result, or does not fit the call's schema
 */
export function graphqlValue(request: UpstreamRequest, answer: Answer, result: unknown, mode: GraphqlMode): unknown {
  if (typeof result !== 'object' || result === null) throw malformed(request, answer, 'sent no GraphQL result');
  const { data, errors: raw } = result as { readonly data?: unknown; readonly errors?: unknown };
  const errors = graphqlErrors(raw);
  if (errors === undefined) throw malformed(request, answer, 'sent errors that are no list');
  const hasData = data !== undefined && data !== null;
  if (errors.length > 0 && (!hasData || mode === 'whole')) throw graphqlFailure(request, answer, errors, raw);
  if (answer.status < 200 || answer.status > 299) throw refused(request, answer);
  if (!hasData) throw malformed(request, answer, 'sent neither data nor errors');
  const value = fitting(request, answer, data);
  return mode === 'whole' ? value : ({ data: value, errors } satisfies GraphqlOutcome<unknown>);
}

function fitting(request: UpstreamRequest, answer: Answer, data: unknown): unknown {
  if (request.schema === undefined) return data;
  const checked = check(request.schema, data);
  if (checked.ok) return checked.value;
  throw malformed(request, answer, misfit(checked.issues));
}

function parsed(request: HttpRequest, answer: Answer): unknown {
  try {
    if (!isPlain(answer.header('content-encoding'))) throw malformed(request, answer, 'sent an encoded body, unasked');
    if (!isJson(answer.header('content-type'))) throw malformed(request, answer, 'did not send JSON');
    return json(request, answer);
  } catch (error) {
    // What the status says comes first where the body says nothing.
    if (error instanceof UpstreamError && (answer.status < 200 || answer.status > 299)) throw refused(request, answer);
    throw error;
  }
}

function json(request: HttpRequest, answer: Answer): unknown {
  try {
    return parseJson(answer.body);
  } catch {
    throw malformed(request, answer, 'sent invalid JSON');
  }
}
