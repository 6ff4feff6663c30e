import type { IncomingHttpHeaders } from 'node:http';
import { type Clock, UpstreamError } from 'guichet/kernel';
import type { Dispatcher } from 'undici';
import type { Answer } from '../answer.js';
import type { Attempt } from '../attempt.js';
import type { Endpoint } from '../endpoint.js';
import { NOTHING_TO_CANCEL, type Step } from '../layer.js';
import { retryAfterMs } from '../retry-after.js';
import type { CallHandle, CallSink } from '../upstream-call.js';
import { outgoingHeaders } from './outgoing-headers.js';
import { allHeaders, rawHeader } from './raw-headers.js';
import { transportError } from './transport-error.js';
import { named } from '../upstream-request.js';

const EMPTY = Buffer.alloc(0);
const NO_HEADERS: readonly Buffer[] = [];
// Made once: nobody reads it, and an error with a stack for each cancelled call would be dear.
const LET_GO = new Error('the call was let go');

/** HTTP/1.1 over undici's pool of the picked instance, by its `dispatch`. No redirects, no decompression. */
export class HttpTransport implements Step {
  /** @param maxQueued  exchanges one instance may have under way and waiting; beyond it fails as `bulkhead-full` */
  constructor(
    private readonly clock: Clock,
    private readonly maxQueued: number,
  ) {}

  start(attempt: Attempt, sink: CallSink<unknown>): CallHandle {
    const endpoint = attempt.endpoint!;
    if (endpoint.queued >= this.maxQueued) {
      const message = `${named(attempt.request)}: ${endpoint.queued} calls wait for a connection`;
      const { upstream } = attempt.request;
      sink.fail(new UpstreamError('bulkhead-full', upstream, message, { instance: endpoint.address }));
      return NOTHING_TO_CANCEL;
    }
    return new Exchange(attempt, endpoint, sink, this.clock).send();
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
  private bytes = 0;
  private chunks: Buffer[] | undefined = undefined;
  private rawHeaders: readonly Buffer[] = NO_HEADERS;
  private abort: ((reason: Error) => void) | undefined = undefined;

  constructor(
    private readonly attempt: Attempt,
    private readonly endpoint: Endpoint,
    private readonly sink: CallSink<unknown>,
    private readonly clock: Clock,
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
    const { method, target, body } = this.attempt.request;
    this.endpoint.queued++;
    this.isQueued = true;
    this.endpoint.pool.dispatch(
      { method, path: target, body: body ?? null, headers: outgoingHeaders(this.attempt) },
      this,
    );
    return this;
  }

  cancel(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.abort?.(LET_GO);
  }

  onConnect(abort: (reason?: Error) => void): void {
    // Thrown, undici skips the request and keeps the connection; abort() would close it.
    if (!this.isOpen) throw LET_GO;
    this.abort = abort;
  }

  onHeaders(status: number, headers: Buffer[]): boolean {
    // 1xx: the answer is yet to come.
    if (status < 200 || !this.isOpen) return true;
    this.attempt.isAnswered = true;
    this.status = status;
    this.rawHeaders = headers;
    const { method, maxBytes } = this.attempt.request;
    if (method !== 'HEAD' && Number(this.header('content-length')) > maxBytes) this.refuseSize();
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (!this.isOpen) return true;
    this.bytes += chunk.length;
    if (this.bytes > this.attempt.request.maxBytes) this.refuseSize();
    else if (this.body === EMPTY) this.body = chunk;
    else (this.chunks ??= [this.body]).push(chunk);
    return true;
  }

  onComplete(): void {
    this.giveBack();
    if (!this.isOpen) return;
    this.isOpen = false;
    if (this.chunks) this.body = Buffer.concat(this.chunks, this.bytes);
    const { request } = this.attempt;
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
    this.isOpen = false;
    this.sink.fail(transportError(this.attempt, error, this.abort !== undefined));
  }

  /** The pool is done with it. Once: undici reports an error after the end when what heard of the end threw. */
  private giveBack(): void {
    if (!this.isQueued) return;
    this.isQueued = false;
    this.endpoint.queued--;
  }

  private refuseSize(): void {
    this.isOpen = false;
    this.abort?.(LET_GO);
    const { upstream, maxBytes } = this.attempt.request;
    const message = `${named(this.attempt.request)} answered ${this.status} with more than ${maxBytes} bytes`;
    const details = { instance: this.address, status: this.status };
    // What the upstream said by its status stands, even when it says it at length.
    const code = this.status < 300 ? 'upstream-too-large' : 'upstream-status';
    this.sink.fail(new UpstreamError(code, upstream, message, details));
  }
}
