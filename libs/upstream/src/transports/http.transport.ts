import type { IncomingHttpHeaders } from 'node:http';
import { type Clock, type ErrorCode, type TimerWheel, UpstreamError } from 'guichet/kernel';
import type { Dispatcher } from 'undici';
import type { Answer } from '../answer.js';
import type { Attempt } from '../attempt.js';
import type { Endpoint } from '../endpoint.js';
import { NOTHING_TO_CANCEL, type Step } from '../layer.js';
import { isPlain } from '../media-type.js';
import { retryAfterMs } from '../retry-after.js';
import type { CallHandle, CallSink } from '../upstream-call.js';
import type { UpstreamConfig } from '../upstream-options.js';
import { type HttpRequest, named } from '../upstream-request.js';
import { BodyCollector } from './body-collector.js';
import type { HttpConnections } from './connections.js';
import { outgoingHeaders } from './outgoing-headers.js';
import { allHeaders, rawHeader } from './raw-headers.js';
import { SilenceTimer } from './silence-timer.js';
import { transportError } from './transport-error.js';

const EMPTY = Buffer.alloc(0);
const NO_HEADERS: readonly Buffer[] = [];
// Made once: nobody reads it, and an error with a stack for each cancelled call would be dear.
const LET_GO = new Error('the call was let go');

/** What of an upstream's options the transport goes by. */
export type TransportConfig = Pick<
  UpstreamConfig,
  'maxConnections' | 'echoesRequestId' | 'headersTimeoutMs' | 'bodyTimeoutMs'
>;

/** HTTP/1.1 over undici's pool of the picked instance, by its `dispatch`: of requests that are `HttpRequest`. No redirects, no decompression. */
export class HttpTransport implements Step {
  /** Exchanges one instance may have under way and waiting; beyond it a call fails as `bulkhead-full`. */
  private readonly maxQueued: number;

  /** @param settings  read for every call; the pool's size is fixed */
  constructor(
    private readonly settings: { readonly config: TransportConfig },
    private readonly clock: Clock,
    private readonly wheel: TimerWheel,
  ) {
    this.maxQueued = settings.config.maxConnections * 2;
  }

  start(attempt: Attempt, sink: CallSink<unknown>): CallHandle {
    const endpoint = attempt.endpoint!;
    if (endpoint.queued >= this.maxQueued) {
      const message = `${named(attempt.request)}: ${endpoint.queued} calls wait for a connection`;
      const { upstream } = attempt.request;
      sink.fail(new UpstreamError('bulkhead-full', upstream, message, { instance: endpoint.address }));
      return NOTHING_TO_CANCEL;
    }
    return new Exchange(attempt, endpoint, sink, this.settings.config, this.clock, this.wheel).send();
  }
}

/**
 * One request and its answer: undici's handler, the collected answer and the handle in one object. Speaks undici's first
 * handler interface, which hands out headers as they came: the second makes an object of all of them for every answer,
 * and two more objects per exchange.
 * @see docs/decisions/0004-undici-dispatch-per-instance.md
 */
class Exchange implements Dispatcher.DispatchHandler, CallHandle, Answer {
  status = 0;
  body: Buffer = EMPTY;
  private isOpen = true;
  private isQueued = false;
  private readonly collected = new BodyCollector();
  private rawHeaders: readonly Buffer[] = NO_HEADERS;
  private abort: ((reason: Error) => void) | undefined = undefined;
  private silence: SilenceTimer | undefined = undefined;

  constructor(
    private readonly attempt: Attempt,
    private readonly endpoint: Endpoint,
    private readonly sink: CallSink<unknown>,
    private readonly config: TransportConfig,
    private readonly clock: Clock,
    private readonly wheel: TimerWheel,
  ) {}

  get address(): string {
    return this.endpoint.address;
  }

  get headers(): IncomingHttpHeaders {
    return allHeaders(this.rawHeaders);
  }

  get retryAfterMs(): number | undefined {
    return retryAfterMs(this.header('retry-after'), () => this.clock.epochMs());
  }

  header(name: string): string | undefined {
    return rawHeader(this.rawHeaders, name);
  }

  send(): this {
    const { method, target, body } = this.attempt.request as HttpRequest;
    const headers = outgoingHeaders(this.attempt);
    this.endpoint.queued++;
    this.isQueued = true;
    (this.endpoint.pool as HttpConnections).dispatch({ method, path: target, body: body ?? null, headers }, this);
    return this;
  }

  cancel(): void {
    if (!this.isOpen) return;
    this.close();
    this.abort?.(LET_GO);
  }

  onConnect(abort: (reason?: Error) => void): void {
    // Thrown, undici skips the request and keeps the connection; abort() would close it.
    if (!this.isOpen) throw LET_GO;
    this.abort = abort;
    this.hearWithin(this.config.headersTimeoutMs, 'no head of an answer');
  }

  onHeaders(status: number, headers: Buffer[]): boolean {
    // 1xx: the answer is yet to come.
    if (status < 200 || !this.isOpen) return true;
    this.attempt.isAnswered = true;
    this.attempt.status = status;
    this.status = status;
    this.rawHeaders = headers;
    const { method, maxBytes, context } = this.attempt.request;
    if (this.config.echoesRequestId && this.header('x-request-id') !== context.request.requestId) {
      this.refuse('upstream-malformed', 'was given the answer to another request');
    } else if (method !== 'HEAD') {
      if (Number(this.header('content-length')) > maxBytes) this.refuseSize();
      // Nothing is ever decompressed, so there is no need to wait for the whole.
      else if (status < 300 && !isPlain(this.header('content-encoding')))
        this.refuse('upstream-malformed', 'sent an encoded body, unasked');
      else this.hearWithin(this.config.bodyTimeoutMs, 'nothing more of the body');
    }
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (!this.isOpen) return true;
    this.collected.add(chunk);
    if (this.collected.bytes > this.attempt.request.maxBytes) this.refuseSize();
    else this.silence?.restart();
    return true;
  }

  onComplete(): void {
    this.giveBack();
    if (!this.isOpen) return;
    this.close();
    this.body = this.collected.take();
    this.attempt.bytes = this.body.length;
    const request = this.attempt.request as HttpRequest;
    let value: unknown;
    try {
      value = request.reader.read(request, this);
    } catch (error) {
      this.sink.fail(error);
      return;
    }
    this.sink.succeed(value);
  }

  onError(error: Error): void {
    this.giveBack();
    if (!this.isOpen) return;
    this.close();
    this.sink.fail(transportError(this.attempt, error, this.abort !== undefined));
  }

  /** The pool is done with it. Once: undici reports an error after the end when what heard of the end threw. */
  private giveBack(): void {
    if (!this.isQueued) return;
    this.isQueued = false;
    this.endpoint.queued--;
  }

  private close(): void {
    this.isOpen = false;
    this.silence?.end();
  }

  /** Ends the call when the upstream is silent for longer; what it waited for before has come. */
  private hearWithin(timeoutMs: number | undefined, missing: string): void {
    this.silence?.end();
    this.silence =
      timeoutMs === undefined
        ? undefined
        : new SilenceTimer(this.wheel, timeoutMs, () =>
            this.refuse('upstream-timeout', `${missing} within ${timeoutMs} ms`),
          );
  }

  private refuseSize(): void {
    const { maxBytes } = this.attempt.request;
    // What the upstream said by its status stands, even when it says it at length.
    const code = this.status < 300 ? 'upstream-too-large' : 'upstream-status';
    this.refuse(code, `answered ${this.status} with more than ${maxBytes} bytes`);
  }

  private refuse(code: ErrorCode, message: string): void {
    this.close();
    this.abort?.(LET_GO);
    const { request } = this.attempt;
    const details = { instance: this.address, status: this.status === 0 ? undefined : this.status };
    this.sink.fail(new UpstreamError(code, request.upstream, `${named(request)} ${message}`, details));
  }
}
