import { PageTrace, type RequestContext, Shed } from 'guichet/kernel';
import { arrive, contextOf } from 'guichet/observability';
import { privately, varyWith } from 'guichet/upstream';
import { Observable } from 'rxjs';
import { assemble, type Assembled } from './assemble.js';
import { etagOf, matches } from './caching.js';
import { noteDeparted, noteFailed, noteServed } from './page-outcome.js';
import { PageRun, type PageSink } from './page-run.js';
import { type PageRequest, readInputs } from './read-inputs.js';
import {
  headerOf,
  type PageReply,
  type RawRequest,
  rawRequest,
  rawResponse,
  sendNotModified,
  sendText,
  setHeader,
} from './reply.js';
import { planFor, servedPage, type ServedPage } from './served-page.js';
import { showTrace } from './show-trace.js';

type Request = PageRequest & RawRequest;

/** Milliseconds, and up to twice as many: who was turned away together does not come back together. */
const RETRY_AFTER_MS = 1_000;
const NOTHING = (): void => {};

/**
 * The route handler of every page. Without interceptors it answers itself, which was measured to be fastest, and the promise
 * it returns stays pending for ever, so that Nest sends nothing; it rejects where the exception filters have to answer.
 * With interceptors it returns an Observable of the envelope, which Nest sends.
 * @see docs/decisions/0005-pages-answer-themselves.md
 */
export function servePage(instance: object, request: Request, reply: PageReply): Promise<never> | Observable<object> {
  const page = servedPage(instance);
  const context = contextOf(request) ?? arrive(rawRequest(request), rawResponse(reply), page.runtime.clock, undefined);
  if (page.isIntercepted) {
    return new Observable(subscriber =>
      run(page, request, reply, context, {
        complete: result => {
          let assembled: Assembled;
          try {
            assembled = assemble(result);
          } catch (error) {
            endFailed(page, context, reply, error);
            subscriber.error(error);
            return;
          }
          describe(page, context, reply, assembled.isComplete);
          // Its bytes are made by Nest, of what the interceptors make of it.
          noteServed(page, context, result, assembled.isComplete, 0);
          subscriber.next(assembled.envelope);
          subscriber.complete();
        },
        fail: error => {
          endFailed(page, context, reply, error);
          subscriber.error(error);
        },
      }),
    );
  }
  return new Promise((_, reject) => {
    run(page, request, reply, context, {
      complete: result => {
        try {
          const assembled = assemble(result);
          const bytes = answer(page, request, context, reply, assembled);
          noteServed(page, context, result, assembled.isComplete, bytes);
        } catch (error) {
          endFailed(page, context, reply, error);
          reject(error as Error);
        }
      },
      fail: error => {
        endFailed(page, context, reply, error);
        reject(error as Error);
      },
    });
  });
}

/** @returns how to cancel it */
function run(
  page: ServedPage,
  request: Request,
  reply: PageReply,
  context: RequestContext,
  sink: PageSink,
): () => void {
  const { runtime, deprecated, gate, recorder } = page;
  const plan = planFor(page, context);
  const { budgetMs } = plan.declaration;
  if (runtime.isTraced && (runtime.isAlwaysTraced || context.sampled !== undefined || context.wantsTrace))
    context.trace = new PageTrace(plan, context.startedAt, runtime.clock.now(), budgetMs);
  if (deprecated !== undefined) {
    const params = request.params as Readonly<Record<string, string | undefined>> | undefined;
    const retired = deprecated.enter(context, rawRequest(request), reply, name => params?.[name]);
    if (retired !== undefined) {
      sink.fail(retired);
      return NOTHING;
    }
  }
  const values = inputsOf(page, request, reply, context);
  const deadlineAt = context.startedAt + budgetMs;
  if (context.departed) return NOTHING;
  if (gate !== undefined && !gate.enter()) {
    sink.fail(new Shed(plan.name, RETRY_AFTER_MS * (1 + Math.random())));
    return NOTHING;
  }
  const pageRun = new PageRun(plan, values, { request: context, deadlineAt }, runtime, sink, gate, recorder);
  const cancel = (): void => pageRun.cancel();
  context.onDeparture = () => {
    noteDeparted(page, context);
    pageRun.cancel();
  };
  pageRun.start();
  return cancel;
}

/** @throws InvalidInput  counted */
function inputsOf(page: ServedPage, request: Request, reply: PageReply, context: RequestContext): unknown[] {
  try {
    return readInputs(page.plan.inputs, request, context);
  } catch (error) {
    endFailed(page, context, reply, error);
    throw error;
  }
}

/** It fails with `error`, which is on its way to the problem filter. */
function endFailed(page: ServedPage, context: RequestContext, reply: PageReply, error: unknown): void {
  noteFailed(page, context, error);
  showTrace(page, context, reply);
}

/** @returns how many bytes the body has */
function answer(
  page: ServedPage,
  request: Request,
  context: RequestContext,
  reply: PageReply,
  { envelope, isComplete }: Assembled,
): number {
  const body = JSON.stringify(envelope);
  describe(page, context, reply, isComplete);
  setHeader(reply, 'content-type', 'application/json; charset=utf-8');
  if (isComplete && page.plan.declaration.cacheControl !== undefined) {
    const etag = etagOf(body);
    setHeader(reply, 'etag', etag);
    if (matches(request.headers['if-none-match'], etag)) {
      sendNotModified(reply);
      return 0;
    }
  }
  sendText(reply, body);
  return page.recorder || context.trace ? Buffer.byteLength(body) : 0;
}

function describe(page: ServedPage, context: RequestContext, reply: PageReply, isComplete: boolean): void {
  const { plan, vary } = page;
  const { cacheControl } = plan.declaration;
  setHeader(reply, 'page-complete', isComplete ? '?1' : '?0');
  if (showTrace(page, context, reply)) {
    // What happened to one request is nothing for others to be told.
    setHeader(reply, 'cache-control', 'no-store');
    return;
  }
  if (cacheControl === undefined || !isComplete) {
    if (!isComplete || headerOf(reply, 'cache-control') === undefined) setHeader(reply, 'cache-control', 'no-store');
    return;
  }
  // Who is answered by another version must not be given this one's answer.
  const { cohort } = context;
  setHeader(reply, 'cache-control', cohort === undefined ? cacheControl : privately(cacheControl));
  const varies = cohort === undefined ? vary : varyWith(vary, cohort);
  if (varies !== undefined) {
    const earlier = headerOf(reply, 'vary');
    setHeader(reply, 'vary', earlier === undefined ? varies : `${earlier}, ${varies}`);
  }
}
