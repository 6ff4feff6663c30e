import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Logger, PayloadTooLargeException, RequestTimeoutException } from '@nestjs/common';
import { type CallContext, ExchangeTrace, type RequestContext, UpstreamError } from 'guichet/kernel';
import {
  Attempt,
  type CallHandle,
  type Caller,
  type CallSink,
  SilenceTimer,
  type StreamAnswer,
  type StreamClient,
} from 'guichet/upstream';
import { admit } from './admission.js';
import { type AnswerWatcher, ClientAnswer, type RouteReply } from './answer/client-answer.js';
import { keepFromOthers } from './answer/cohort-fields.js';
import { earlyHints } from './answer/early-hints.js';
import { takesTrailers } from './answer/trailers.js';
import { exchangeCode, type ExchangeOutcome } from './exchange-end.js';
import type { LastingExchange } from './open-exchanges.js';
import { IncomingBody, type IncomingBodyWatcher } from './request/incoming-body.js';
import { streamRequest } from './request/stream-request.js';
import type { ServedRoute } from './served-route.js';
import { openTunnel } from './upgrade/open-tunnel.js';
import type { Tunnel } from './upgrade/tunnel.js';

const log = new Logger('Routes');

/**
 * One request of a route and its answer, from the guards to the last byte: what the upstream's stack takes for its caller, and what
 * its transport takes for the client. One object, for most of what it does is to hand on.
 */
export class Exchange
  implements CallSink<unknown>, StreamClient, IncomingBodyWatcher, AnswerWatcher, Caller, LastingExchange
{
  /** Whether it ended by the client's doing: then it says nothing of the upstream. */
  departed = false;
  private isOver = false;
  private handle: CallHandle | undefined = undefined;
  private body: IncomingBody | undefined = undefined;
  private total: SilenceTimer | undefined = undefined;
  private take: (() => void) | undefined = undefined;
  private answer: StreamAnswer | undefined = undefined;
  private sent: ClientAnswer | undefined = undefined;
  private tunnel: Tunnel | undefined = undefined;
  private isLasting = false;
  private status = 0;
  private headAt: number | undefined = undefined;

  /**
   * @param resolve  called when it is over and answered, or there is nobody to answer
   * @param reject   called when a problem is to be answered
   */
  constructor(
    private readonly route: ServedRoute,
    private readonly request: IncomingMessage,
    private readonly reply: RouteReply,
    private readonly context: RequestContext,
    private readonly resolve: () => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  /** @throws HttpException, UpstreamError  for what is refused without asking the upstream */
  begin(): void {
    const { route, request, reply, context } = this;
    const { config } = route.declared;
    const { totalTimeoutMs } = config.limits;
    const { target, content } = admit(route, request, reply, context);
    if (context.departed) return this.resolve();
    if (!route.open.enter()) throw this.error('bulkhead-full', `${route.open.underWay} exchanges are under way`);
    context.hasOwnTimeouts = true;
    context.onDeparture = () => this.depart();
    if (context.sampled !== undefined || route.listeners.size > 0) context.exchange = new ExchangeTrace();
    const callContext: CallContext = {
      request: context,
      deadlineAt: totalTimeoutMs === undefined ? Infinity : context.startedAt + totalTimeoutMs,
      trace: context.exchange,
    };
    if (totalTimeoutMs !== undefined) {
      const leftMs = callContext.deadlineAt - route.clock.now();
      this.total = new SilenceTimer(route.wheel, leftMs, () => this.expire());
    }
    if (content !== 'none') this.body = new IncomingBody(request, reply.raw, route, this);
    const attempt = new Attempt(
      streamRequest(route, request, { target, content, body: this.body, context: callContext, client: this }),
    );
    attempt.caller = this;
    const handle = route.streams.start(attempt, this);
    if (this.isOver) handle.cancel();
    else this.handle = handle;
  }

  // What becomes of the call.

  succeed(): void {}

  fail(error: unknown): void {
    const isAnswer = this.take !== undefined && error instanceof UpstreamError && error.code === 'upstream-status';
    const wantsProblem = this.route.declared.config.errors === 'problem' && (error as UpstreamError).status! >= 500;
    if (isAnswer && !wantsProblem) this.take!();
    else if (this.answer === undefined) this.refuse(error);
  }

  // What the upstream sends.

  informed(status: number, headers: readonly Buffer[]): void {
    if (status !== 103 || !this.route.declared.config.earlyHints || this.request.httpVersion === '1.0') return;
    const hints = earlyHints(headers);
    if (hints !== undefined && !this.reply.raw.headersSent) this.reply.raw.writeEarlyHints(hints);
  }

  offered(take: (() => void) | undefined): void {
    this.take = take;
  }

  answered(answer: StreamAnswer): boolean {
    const { route, request, reply } = this;
    const { config } = route.declared;
    const { status } = answer;
    const own = reply.getHeaders();
    const { list, bytes, mediaType } = route.answerRule.read(answer.headers, own, answer.address, status);
    if (this.context.cohort !== undefined) keepFromOthers(list, own, this.context.cohort);
    const hasBody = request.method !== 'HEAD' && status !== 204 && status !== 304;
    this.headAt = route.clock.now();
    this.status = status;
    if (hasBody && bytes !== undefined && bytes > (config.limits.maxResponseBytes ?? Infinity)) {
      const error = this.error('upstream-too-large', `answered with ${bytes} bytes`);
      answer.abort(error);
      this.refuse(error);
      return true;
    }
    this.answer = answer;
    if (config.events && mediaType?.startsWith('text/event-stream')) {
      this.last();
      answer.settle();
    }
    if (config.responseTrailers.length > 0 && hasBody && bytes === undefined && takesTrailers(request))
      list.push('trailer', config.responseTrailers.join(', '));
    this.sent = new ClientAnswer(request, reply, route.wheel, config.limits.idleTimeoutMs, this);
    this.sent.begin(status, own, list, hasBody ? bytes : undefined);
    return true;
  }

  data(chunk: Buffer): boolean {
    const sent = this.sent!;
    const { maxResponseBytes } = this.route.declared.config.limits;
    if (maxResponseBytes !== undefined && sent.bytes + chunk.length > maxResponseBytes) {
      const error = this.error('upstream-too-large', `answered with more than ${maxResponseBytes} bytes`);
      this.answer!.abort(error);
      this.cut(error);
      return true;
    }
    return sent.write(chunk);
  }

  ended(trailers: readonly Buffer[]): void {
    const passed = trailers.length > 0 && takesTrailers(this.request) ? trailers : [];
    this.sent!.end(passed.length > 0 ? this.route.answerRule.readTrailers(passed) : []);
    this.finish('answered', undefined);
  }

  cut(error: unknown): void {
    if (this.isOver) return;
    log.warn(`${this.context.requestId} ${this.route.declared.name}: cut off: ${(error as Error).message}`);
    this.finish('cut', error);
    this.sent!.cut();
  }

  upgraded(headers: readonly Buffer[], upstream: Duplex): void {
    const { route, request, reply } = this;
    this.headAt = route.clock.now();
    this.status = 101;
    this.last();
    this.tunnel = openTunnel(route, request, reply, headers, upstream, () => this.finish('answered', undefined));
  }

  // What becomes of the request's body.

  bodyTooLong(): void {
    this.departed = true;
    this.abandon(new PayloadTooLargeException('The body is too large.'));
  }

  bodyStalled(awaited: 'client' | 'upstream'): void {
    if (awaited === 'upstream')
      return this.abandon(this.error('upstream-timeout', 'takes nothing more of the request'));
    this.departed = true;
    this.abandon(new RequestTimeoutException('The rest of the request does not come.'));
  }

  // How the client takes the answer.

  drained(): void {
    this.answer?.resume();
  }

  stalled(): void {
    this.departed = true;
    this.abandon(new RequestTimeoutException('The client takes nothing of its answer.'));
  }

  endInOrder(): void {
    this.departed = true;
    this.handle?.cancel();
    this.answer?.abort();
    this.tunnel?.end();
    // An event that is half there is thrown away by whoever reads events.
    this.sent?.end([]);
    this.finish('answered', undefined);
  }

  /** From here on it may last: the app ends it when it drains. */
  private last(): void {
    this.isLasting = true;
    this.route.open.keep(this);
  }

  private expire(): void {
    this.abandon(this.error('deadline-exceeded', 'the exchange took too long'));
  }

  private depart(): void {
    if (this.isOver) return;
    this.departed = true;
    this.finish('departed', undefined);
    this.letGo();
    this.sent?.release();
    this.resolve();
  }

  /** Ends it early, towards both sides. */
  private abandon(error: unknown): void {
    this.letGo();
    if (this.sent) this.cut(error);
    else this.refuse(error);
  }

  private letGo(): void {
    this.handle?.cancel();
    this.answer?.abort();
    this.body?.destroy();
    this.tunnel?.end();
  }

  /** Has a problem answered. */
  private refuse(error: unknown): void {
    if (this.isOver) return;
    this.finish('failed', error);
    this.reject(error);
  }

  private finish(outcome: ExchangeOutcome, error: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    this.context.onDeparture = undefined;
    this.total?.end();
    this.body?.end();
    this.route.open.leave(this);
    this.tell(outcome, error);
    if (outcome === 'answered' || outcome === 'cut') this.resolve();
  }

  private tell(outcome: ExchangeOutcome, error: unknown): void {
    const { route, context, body, tunnel, status, headAt, isLasting } = this;
    if (route.recorder === undefined && route.listeners.size === 0) return;
    const end = {
      route: route.declared.name,
      method: this.request.method!,
      context,
      outcome,
      status,
      code: outcome === 'departed' ? '' : exchangeCode(error),
      startedAt: context.startedAt,
      headAt,
      endedAt: route.clock.now(),
      isLasting,
      receivedBytes: tunnel?.receivedBytes ?? body?.bytes ?? 0,
      sentBytes: tunnel?.sentBytes ?? this.sent?.bytes ?? 0,
      call: context.exchange?.calls[0],
    };
    route.recorder?.over(end);
    for (const listener of route.listeners) listener(end);
  }

  private error(
    code: 'bulkhead-full' | 'upstream-too-large' | 'upstream-timeout' | 'deadline-exceeded',
    what: string,
  ): UpstreamError {
    return new UpstreamError(code, this.route.upstream.name, `${this.route.declared.name}: ${what}`);
  }
}
