import type { BootProblems, Schema } from 'guichet/kernel';
import type { IdentityChoice, RequestOptions } from '../call-options.js';
import { makeRequest } from '../make-request.js';
import type { Protocol } from '../protocol.js';
import { httpProtocol } from '../transports/http.protocol.js';
import type { UpstreamCall } from '../upstream-call.js';
import { UpstreamClient } from '../upstream-client.js';
import type { UpstreamRuntime } from '../upstream-runtime.js';
import { checkDocuments } from './check-documents.js';
import { graphqlAnswer, type GraphqlMode, type GraphqlOutcome } from './graphql-answer.js';
import { GraphqlCall, type GraphqlSender, ListSender, SingleSender } from './graphql-call.js';
import type { GraphqlDocument } from './graphql-document.js';
import { type GraphqlServiceOptions, graphqlServiceOf } from './graphql-service.js';

/** What a GraphQL call may say. */
export type GraphqlCallOptions<T> = IdentityChoice &
  RequestOptions & {
    /** What the data must look like; what is not in it does not come through. */
    readonly schema?: Schema<T>;
  };

/** What a mutation may say. */
export type GraphqlMutationOptions<T> = GraphqlCallOptions<T> & {
  /** Sent as `Idempotency-Key`: by it the upstream recognises a call that it has carried out already. */
  readonly idempotencyKey?: string;
};

/**
 * The base of a client of a GraphQL service over HTTP, decorated with `@Upstream` and `@GraphqlService`, which lists its documents.
 * ```ts
 * @Upstream('recommendations', { timeoutMs: 300 })
 * @GraphqlService({ documents: [SIMILAR], schema: new URL('./recommendations.graphql', import.meta.url) })
 * export class RecommendationsClient extends GraphqlUpstream {
 *   similar(id: string) { return this.query(SIMILAR, { id }, { schema: similarSchema }); }
 * }
 * ```
 * Queries change nothing: they are shared, repeated and hedged like a GET. An answer with errors fails as `upstream-status`, with the
 * HTTP status that means the same as the first one's code, 500 where none does; {@link queryPartial} gives what there is.
 */
export abstract class GraphqlUpstream extends UpstreamClient {
  static readonly protocol: Protocol = httpProtocol;

  /** Checks the documents. */
  static prepare(problems: BootProblems): void {
    const service = graphqlServiceOf(this);
    if (service !== undefined) checkDocuments(this.name, service, problems);
    else {
      problems.add({
        where: this.name,
        path: '@GraphqlService',
        message: 'does not say which documents it sends',
        mend: 'decorate it with @GraphqlService({ documents: [ … ] })',
      });
    }
  }

  /** Asks a query for its data, all of it. */
  protected query<D, V, T = D>(
    document: GraphqlDocument<D, V>,
    variables: V,
    options: GraphqlCallOptions<T> = {},
  ): UpstreamCall<T> {
    return this.call('query', document, variables, options, 'whole');
  }

  /** Asks a query for what data it has, and what went wrong beside it. Fails where there are no data at all. */
  protected queryPartial<D, V, T = D>(
    document: GraphqlDocument<D, V>,
    variables: V,
    options: GraphqlCallOptions<T> = {},
  ): UpstreamCall<GraphqlOutcome<T>> {
    return this.call('query', document, variables, options as GraphqlCallOptions<unknown>, 'partial');
  }

  /** Has a mutation carried out: once, unless it has an idempotency key. */
  protected mutate<D, V, T = D>(
    document: GraphqlDocument<D, V>,
    variables: V,
    options: GraphqlMutationOptions<T> = {},
  ): UpstreamCall<T> {
    return this.call('mutation', document, variables, options, 'whole');
  }

  private call<T>(
    kind: 'query' | 'mutation',
    document: AnyDocument,
    variables: unknown,
    options: GraphqlMutationOptions<unknown>,
    mode: GraphqlMode,
  ): UpstreamCall<T> {
    const service = graphqlServiceOf(this.constructor)!;
    if (document.operation.kind !== kind) throw new TypeError(`${document.operation.name} is no ${kind}`);
    if (!service.documents.includes(document)) {
      throw new TypeError(`${document.operation.name} is not among the documents of ${this.constructor.name}`);
    }
    const runtime = this.runtime();
    const { path = '/graphql', persisted } = service;
    const isSafe = kind === 'query';
    const request = makeRequest(
      runtime,
      this.context(runtime),
      'POST',
      `${path}#${document.operation.name}`,
      path,
      bodyOf(document, variables, persisted, persisted !== undefined),
      'application/json',
      isSafe,
      false,
      graphqlAnswer(mode),
      options,
    );
    const inFull =
      persisted === 'automatic' ? { ...request, body: bodyOf(document, variables, persisted, false) } : undefined;
    return new GraphqlCall<T>(request, inFull, mode, senderOf(runtime, service));
  }
}

// oxlint-disable-next-line typescript/no-explicit-any -- documents of any types
type AnyDocument = GraphqlDocument<any, any>;

const senders = new WeakMap<UpstreamRuntime, Map<number, GraphqlSender>>();

/** One for all clients of an upstream that allow as many at once. */
function senderOf(runtime: UpstreamRuntime, { maxBatch = 1 }: GraphqlServiceOptions): GraphqlSender {
  let known = senders.get(runtime);
  if (known === undefined) senders.set(runtime, (known = new Map()));
  let sender = known.get(maxBatch);
  if (sender === undefined) {
    sender = maxBatch > 1 ? new ListSender(runtime.step, maxBatch) : new SingleSender(runtime.step);
    known.set(maxBatch, sender);
  }
  return sender;
}

function bodyOf(
  { text, hash, operation }: AnyDocument,
  variables: unknown,
  persisted: GraphqlServiceOptions['persisted'],
  isByHash: boolean,
): string {
  return JSON.stringify({
    ...(!isByHash && { query: text }),
    operationName: operation.name,
    variables,
    ...(persisted !== undefined && { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } }),
  });
}
