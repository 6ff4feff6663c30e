import type { Duplex } from 'node:stream';
import {
  type Clock,
  type ErrorCode,
  NOT_WAITING,
  type TimerEntry,
  type TimerWheel,
  UpstreamError,
} from 'guichet/kernel';
import type { Dispatcher } from 'undici';
import type { Attempt } from '../attempt.js';
import type { Endpoint } from '../endpoint.js';
import type { Step } from '../layer.js';
import { retryAfterMs } from '../retry-after.js';
import type { StreamAnswer, StreamRequest } from '../stream-request.js';
import { codeOf } from '../trace/trace-events.js';
import type { CallHandle, CallSink } from '../upstream-call.js';
import { named } from '../upstream-request.js';
import type { HttpConnections } from './connections.js';
import { rawHeader } from './raw-headers.js';
import { streamHeaders } from './stream-headers.js';
import { transportError } from './transport-error.js';

/**
 * Milliseconds after which an answer whose body still flows counts as a success: a long download shall neither keep a breaker from
 * closing nor count as load for as long as its client takes.
 */
const SETTLED_AFTER_MS = 5_000;
const NO_HEADERS: readonly Buffer[] = [];
const LET_GO = new Error('the exchange was let go');

/**
 * HTTP/1.1 by undici's `dispatch`, handed through: bodies stream both ways at the pace of whoever takes them. For requests that are
 * {@link StreamRequest}s. An attempt succeeds once its answer's body is whole; an answer of 400 or more is a failure by its
 * status, which the client may take all the same.
 * @see docs/decisions/0030-exchanges-handed-through.md
 */
export class StreamTransport implements Step {
  constructor(
    private readonly clock: Clock,
    private readonly wheel: TimerWheel,
  ) {}

  start(attempt: Attempt, sink: CallSink<unknown>): CallHandle {
    return new StreamExchange(attempt, attempt.request as StreamRequest, sink, this.clock, this.wheel).send();
  }
}

type Stage = 'connecting' | 'sending' | 'waiting' | 'body' | 'over';

/** One request and its answer: undici's handler, the answer, the handle and what waits for the upstream, in one object. */
class StreamExchange implements Dispatcher.DispatchHandler, CallHandle, StreamAnswer, TimerEntry {
  timerDueAt = NOT_WAITING;
  timerNext: TimerEntry | null = null;
  timerPrevious: TimerEntry | null = null;
  status = 0;
  headers: readonly Buffer[] = NO_HEADERS;
  private stage: Stage = 'connecting';
  private isScored = false;
  private isTaken = false;
  private isPaused = false;
  private readonly endpoint: Endpoint;
  private abortRequest: ((reason: Error) => void) | undefined = undefined;
  private resumeParser: () => void = () => {};

  constructor(
    private readonly attempt: Attempt,
    private readonly request: StreamRequest,
    private readonly sink: CallSink<unknown>,
    private readonly clock: Clock,
    private readonly wheel: TimerWheel,
  ) {
    this.endpoint = attempt.endpoint!;
  }

  get address(): string {
    return this.endpoint.address;
  }

  send(): this {
    const { method, target, source, upgrade, limits } = this.request;
    this.wheel.schedule(this, limits.connectTimeoutMs);
    const headers = streamHeaders(this.attempt, this.request);
    (this.endpoint.pool as HttpConnections).dispatchStream(
      { method, path: target, headers, body: source ?? null, ...(upgrade && { upgrade }) },
      this,
    );
    return this;
  }

  cancel(): void {
    this.abort();
  }

  abort(error?: UpstreamError): void {
    if (this.stage === 'over') return;
    this.close(error);
    this.abortRequest?.(LET_GO);
    if (error !== undefined) this.score(error);
  }

  resume(): void {
    if (!this.isPaused || this.stage !== 'body') return;
    this.isPaused = false;
    this.wheel.schedule(this, this.request.limits.idleTimeoutMs);
    this.resumeParser();
  }

  settle(): void {
    if (this.isScored) return;
    this.isScored = true;
    this.sink.succeed(undefined);
  }

  onConnect(abort: (reason?: Error) => void): void {
    // Thrown, undici skips the request and keeps the connection; abort() would close it.
    if (this.stage === 'over') throw LET_GO;
    this.abortRequest = abort;
    this.stage = 'sending';
    this.wheel.cancel(this);
  }

  onRequestSent(): void {
    if (this.stage !== 'sending') return;
    this.stage = 'waiting';
    this.wheel.schedule(this, this.request.limits.headersTimeoutMs);
  }

  onHeaders(status: number, headers: Buffer[], resume: () => void): boolean {
    if (this.stage === 'over') return true;
    if (status < 200) {
      this.request.client.informed(status, headers);
      return true;
    }
    this.begin(status, headers);
    this.resumeParser = resume;
    if (status < 400) this.hand();
    else this.offer();
    return this.goesOn();
  }

  onData(chunk: Buffer): boolean {
    if (this.stage !== 'body') return true;
    this.attempt.bytes += chunk.length;
    this.isPaused = !this.request.client.data(chunk);
    return this.goesOn();
  }

  onComplete(trailers: string[] | null): void {
    if (this.stage !== 'body') return;
    this.close();
    // Before the client is told: who hears that the exchange is over knows what became of its attempts.
    this.settle();
    // Undici's type says text; it hands out bytes, as it does with headers.
    this.request.client.ended((trailers ?? []) as unknown as Buffer[]);
  }

  onUpgrade(status: number, headers: Buffer[], socket: Duplex): void {
    if (this.stage === 'over') {
      socket.destroy();
      return;
    }
    this.begin(status, headers);
    this.close();
    this.settle();
    this.request.client.upgraded(headers, socket);
  }

  onError(error: Error): void {
    if (this.stage === 'over') return;
    // A 304 may tell a length, and has no body (RFC 9110, 15.4.5); undici misses it.
    if (this.stage === 'body' && this.status === 304) this.onComplete(null);
    else this.fail(transportError(this.attempt, error, this.abortRequest !== undefined));
  }

  /** The upstream was silent for too long. */
  onDue(): void {
    const { connectTimeoutMs, headersTimeoutMs, idleTimeoutMs } = this.request.limits;
    if (this.stage === 'connecting') this.giveUp('upstream-refused', `no connection within ${connectTimeoutMs} ms`);
    else if (this.stage === 'waiting') this.giveUp('upstream-timeout', `no answer within ${headersTimeoutMs} ms`);
    else this.giveUp('upstream-timeout', `nothing more of the answer within ${idleTimeoutMs} ms`);
  }

  private begin(status: number, headers: readonly Buffer[]): void {
    this.stage = 'body';
    this.status = status;
    this.headers = headers;
    this.attempt.status = status;
    this.attempt.answered(this.clock.now());
  }

  /** From here on the client has a part of it. */
  private hand(): void {
    this.attempt.handOver();
    this.isPaused = !this.request.client.answered(this);
  }

  /** Lets the layers make of a refusal what they make of it; what they do not try again may reach the client. */
  private offer(): void {
    const { client, upstream } = this.request;
    client.offered(() => {
      this.isTaken = true;
      this.hand();
    });
    this.isScored = true;
    this.sink.fail(
      new UpstreamError('upstream-status', upstream, `${named(this.request)}: answered ${this.status}`, {
        instance: this.endpoint.address,
        status: this.status,
        retryAfterMs: retryAfterMs(rawHeader(this.headers, 'retry-after'), () => this.clock.epochMs()),
      }),
    );
    client.offered(undefined);
    if (!this.isTaken) this.abort();
  }

  /** @returns whether more may come; then silence is counted from now on */
  private goesOn(): boolean {
    if (this.stage !== 'body') return true;
    if (this.isPaused) {
      this.wheel.cancel(this);
      return false;
    }
    const now = this.clock.now();
    this.wheel.schedule(this, this.request.limits.idleTimeoutMs, now);
    if (!this.isScored && now - this.attempt.answeredAt > SETTLED_AFTER_MS) this.settle();
    return true;
  }

  private giveUp(code: ErrorCode, message: string): void {
    const details = { instance: this.endpoint.address };
    this.fail(new UpstreamError(code, this.request.upstream, `${named(this.request)}: ${message}`, details));
    this.abortRequest?.(LET_GO);
  }

  private fail(error: unknown): void {
    const isBody = this.stage === 'body';
    this.close(error);
    if (isBody) this.request.client.cut(error);
    this.score(error);
  }

  private score(error: unknown): void {
    if (this.isScored) return;
    this.isScored = true;
    this.sink.fail(error);
  }

  private close(error?: unknown): void {
    this.stage = 'over';
    this.wheel.cancel(this);
    // What it counts as was said before its body was through.
    const { trace, callTrace, bytes } = this.attempt;
    if (!this.isScored || trace === undefined) return;
    const code = error === undefined ? undefined : codeOf('failed', error);
    const now = this.clock.now();
    trace.goOn(now, bytes, code);
    callTrace!.goOn(now, code);
  }
}
