import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, RequestContext } from 'guichet/kernel';
import { routeOf } from './route.js';
import type { RequestMarks } from './tracing/request-marks.js';

/** The headers of an answer. */
export interface AnswerHeaders {
  getHeader(name: string): unknown;
}

/** A request that is over: answered, or left by its client. */
export interface FinishedRequest {
  /** With the page's trace, where it was for a page and somebody needs traces. */
  readonly context: RequestContext;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Who knows the answer's headers, where it is not node's own response: Fastify's reply. */
  readonly answer?: AnswerHeaders | undefined;
  /** Milliseconds on the kernel's clock. */
  readonly endedAt: number;
}

/** Who wants to know of every request once it is over. Runs after the answer is out; must be quick and never throw. */
export interface RequestListener {
  /** Whether every page is to be traced for it. */
  readonly needsTraces: boolean;
  finished(finished: FinishedRequest): void;
}

/**
 * Told of every request when it is over: logs, traces and the inspector hang here. Also the injection token; complete before
 * the app is created, since what nobody listens for is not even written down.
 */
export class RequestListeners {
  /** @param marks  decides which requests have a trace whoever listens */
  constructor(
    private readonly listeners: readonly RequestListener[],
    readonly marks: RequestMarks | undefined = undefined,
  ) {}

  /** Whether there is anybody. */
  get isNeeded(): boolean {
    return this.listeners.length > 0;
  }

  /** Whether pages and calls may be traced: all of them, or those of marked requests. */
  get needsTraces(): boolean {
    return this.needsEveryTrace || this.marks !== undefined;
  }

  /** Whether every page is traced. */
  get needsEveryTrace(): boolean {
    return this.listeners.some(listener => listener.needsTraces);
  }

  /** Begins to watch a request: whoever listens is told once its answer is out, or its client gone. */
  watch(
    context: RequestContext,
    request: IncomingMessage,
    response: ServerResponse,
    clock: Clock,
    answer?: AnswerHeaders,
  ): void {
    // Heard once anyway; `once` would cost an object and a call more.
    response.on('close', () => {
      // On some sockets this is heard before the departure is.
      if (!response.writableFinished) context.depart();
      // Express knows it only now.
      context.route ??= routeOf(request as object);
      const finished = { context, request, response, answer, endedAt: clock.now() };
      for (const listener of this.listeners) listener.finished(finished);
    });
  }
}
