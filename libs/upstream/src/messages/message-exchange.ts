import { check, type ErrorCode, UpstreamError, type UpstreamErrorDetails } from 'guichet/kernel';
import type { Attempt } from '../attempt.js';
import { misfit } from '../misfit.js';
import type { CallHandle, CallSink } from '../upstream-call.js';
import { named } from '../upstream-request.js';
import type { MessageReply } from './message-reply.js';

/** Where an exchange is under way: told when it is over. */
export interface ExchangeKeeper {
  done(exchange: MessageExchange): void;
}

/** One request by message and its reply, with exactly one outcome. */
export class MessageExchange implements CallHandle {
  /** Whether it went out: what is lost from then on may have been done. */
  isSent = false;
  /** Lets go of what waits for the reply; the link's. */
  release: (() => void) | undefined = undefined;
  private isUnderWay = true;

  constructor(
    readonly attempt: Attempt,
    private readonly sink: CallSink<unknown>,
    private readonly keeper: ExchangeKeeper,
  ) {}

  get isOpen(): boolean {
    return this.isUnderWay;
  }

  cancel(): void {
    if (this.isUnderWay) this.end();
  }

  replied(reply: MessageReply): void {
    if (!this.isUnderWay) return;
    this.end();
    const { attempt, sink } = this;
    attempt.isAnswered = true;
    attempt.status = reply.status;
    attempt.bytes = reply.bytes;
    let value: unknown;
    try {
      value = this.read(reply);
    } catch (error) {
      sink.fail(error);
      return;
    }
    sink.succeed(value);
  }

  /** The connection it goes over was lost. */
  lost(): void {
    const code = this.isSent ? 'upstream-reset' : 'upstream-refused';
    this.fail(code, this.isSent ? 'was lost with the connection to the broker' : 'found no connection to the broker');
  }

  fail(code: ErrorCode, message: string, details?: UpstreamErrorDetails): void {
    if (!this.isUnderWay) return;
    this.end();
    this.attempt.status = details?.status ?? this.attempt.status;
    this.sink.fail(this.error(code, message, details));
  }

  private read(reply: MessageReply): unknown {
    const { schema, maxBytes } = this.attempt.request;
    const { status, retryAfterMs } = reply;
    if (status >= 400) {
      const body = explains(status) && reply.bytes <= maxBytes ? attempted(reply) : undefined;
      throw this.error('upstream-status', `was answered by error ${status}`, { status, retryAfterMs, body });
    }
    if (reply.bytes > maxBytes) throw this.error('upstream-too-large', `was answered by more than ${maxBytes} bytes`);
    let value: unknown;
    try {
      value = reply.value();
    } catch {
      // What could not be read may stand in the reason.
      throw this.error('upstream-malformed', 'was answered by what is no JSON');
    }
    if (schema === undefined) return value;
    const checked = check(schema, value);
    if (checked.ok) return checked.value;
    throw this.error('upstream-malformed', misfit(checked.issues));
  }

  private error(code: ErrorCode, message: string, details?: UpstreamErrorDetails): UpstreamError {
    const { request, endpoint } = this.attempt;
    return new UpstreamError(code, request.upstream, `${named(request)} ${message}`, {
      instance: endpoint?.address,
      ...details,
    });
  }

  private end(): void {
    this.isUnderWay = false;
    this.keeper.done(this);
  }
}

/** Whether an error may say what was wrong with the request. */
function explains(status: number): boolean {
  return status === 400 || status === 409 || status === 422;
}

function attempted(reply: MessageReply): unknown {
  try {
    return reply.value();
  } catch {
    return undefined;
  }
}
