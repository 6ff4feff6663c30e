import { UpstreamError } from 'guichet/kernel';
import { Attempt } from '../attempt.js';
import { Gathering } from '../batch/gathering.js';
import type { Step } from '../layer.js';
import { StackCall } from '../stack-call.js';
import { type CallHandle, type CallSink, UpstreamCall } from '../upstream-call.js';
import { named, type UpstreamRequest } from '../upstream-request.js';
import { graphqlList, type GraphqlListed, type GraphqlMode, graphqlValue } from './graphql-answer.js';
import { DocumentUnknown } from './graphql-errors.js';

/** How the calls of one GraphQL service go out. */
export interface GraphqlSender {
  send(request: UpstreamRequest, mode: GraphqlMode, sink: CallSink<unknown>): CallHandle;
}

/** Each by itself. */
export class SingleSender implements GraphqlSender {
  constructor(private readonly step: Step) {}

  send(request: UpstreamRequest, _mode: GraphqlMode, sink: CallSink<unknown>): CallHandle {
    return this.step.start(new Attempt(request), sink);
  }
}

/** Queries of one client's request that are made in one tick, alike but for document and variables, as a list. */
export class ListSender implements GraphqlSender {
  private readonly gatherings = new WeakMap<
    object,
    Map<string, Gathering<UpstreamRequest, readonly GraphqlListed[], GraphqlListed>>
  >();

  constructor(
    private readonly step: Step,
    private readonly maxBatch: number,
  ) {}

  send(request: UpstreamRequest, mode: GraphqlMode, sink: CallSink<unknown>): CallHandle {
    if (!request.isSafe) return this.step.start(new Attempt(request), sink);
    return this.gathering(request).add(request.body as string, request, request.context, {
      succeed: ({ answer, result }, staleness) => {
        let value: unknown;
        try {
          value = graphqlValue(request, answer, result, mode);
        } catch (error) {
          sink.fail(error);
          return;
        }
        sink.succeed(value, staleness);
      },
      fail: error => sink.fail(error),
    });
  }

  private gathering(request: UpstreamRequest): Gathering<UpstreamRequest, readonly GraphqlListed[], GraphqlListed> {
    const { context, headers, identityKey, isPublic, isHedged, maxRetries, timeoutMs } = request;
    const kind = JSON.stringify([identityKey, isPublic, isHedged, maxRetries, timeoutMs, headers]);
    let ofRequest = this.gatherings.get(context.request);
    if (ofRequest === undefined) this.gatherings.set(context.request, (ofRequest = new Map()));
    let gathering = ofRequest.get(kind);
    if (gathering === undefined) ofRequest.set(kind, (gathering = this.gather()));
    return gathering;
  }

  private gather(): Gathering<UpstreamRequest, readonly GraphqlListed[], GraphqlListed> {
    return new Gathering({
      load: (context, requests) => {
        const [first] = requests as readonly [UpstreamRequest, ...UpstreamRequest[]];
        const body = `[${requests.map(request => request.body as string).join(',')}]`;
        const template = `${first.target}#list`;
        return new StackCall({ ...first, template, body, schema: undefined, reader: graphqlList, context }, this.step);
      },
      pick: (results, request, index) => results[index] ?? missing(request),
      maxKeys: this.maxBatch,
      maxConcurrent: 4,
    });
  }
}

function missing(request: UpstreamRequest): never {
  throw new UpstreamError(
    'upstream-malformed',
    request.upstream,
    `${named(request)}: the list of answers is too short`,
  );
}

/** A call that sends a document by its hash first, and in full where the service does not know it. */
export class GraphqlCall<T> extends UpstreamCall<T> {
  /**
   * @param request  what is sent first
   * @param inFull   what is sent when the service does not know the document; undefined where nothing is
   */
  constructor(
    readonly request: UpstreamRequest,
    private readonly inFull: UpstreamRequest | undefined,
    private readonly mode: GraphqlMode,
    private readonly sender: GraphqlSender,
  ) {
    super();
  }

  override start(given: CallSink<T>): CallHandle {
    const { request, inFull, mode, sender } = this;
    const sink = given as CallSink<unknown>;
    if (inFull === undefined) return sender.send(request, mode, sink);
    let isCancelled = false;
    let second: CallHandle | undefined;
    const first = sender.send(request, mode, {
      succeed: (value, staleness) => sink.succeed(value, staleness),
      fail: error => {
        if (error instanceof DocumentUnknown && !isCancelled) second = sender.send(inFull, mode, sink);
        else sink.fail(error);
      },
    });
    return {
      cancel() {
        isCancelled = true;
        (second ?? first).cancel();
      },
    };
  }
}
