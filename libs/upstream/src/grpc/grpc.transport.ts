import type { Metadata, StatusObject } from '@grpc/grpc-js';
import { check, type Clock, type ErrorCode, UpstreamError } from 'guichet/kernel';
import type { Attempt } from '../attempt.js';
import type { Step } from '../layer.js';
import { misfit } from '../misfit.js';
import type { CallHandle, CallSink } from '../upstream-call.js';
import { named } from '../upstream-request.js';
import type { GrpcChannel } from './grpc-channel.js';
import { grpcFailure } from './grpc-failure.js';
import type { GrpcCall, GrpcLink, GrpcUse } from './grpc-link.js';
import { outgoingMetadata } from './grpc-metadata.js';
import type { GrpcReader } from './grpc-reader.js';
import { grpcStatusName } from './grpc-status.js';
import type { GrpcPackages } from './load-grpc.js';

/** gRPC over the channel of the picked instance, by grpc-js: of requests whose reader is a `GrpcReader`. */
export class GrpcTransport implements Step {
  constructor(
    private readonly packages: () => GrpcPackages,
    private readonly clock: Clock,
  ) {}

  start(attempt: Attempt, sink: CallSink<unknown>): CallHandle {
    return new GrpcExchange(attempt, attempt.endpoint!.pool as GrpcChannel, sink).send(this.packages(), this.clock);
  }
}

/** One call and its answer: grpc-js' listener, the collected messages and the handle in one object. */
class GrpcExchange implements CallHandle, GrpcUse {
  private isOpen = true;
  private bytes = 0;
  private count = 0;
  private messages: unknown[] = [];
  private readonly reader: GrpcReader;
  private readonly link: GrpcLink;
  private call: GrpcCall | undefined = undefined;

  constructor(
    private readonly attempt: Attempt,
    private readonly channel: GrpcChannel,
    private readonly sink: CallSink<unknown>,
  ) {
    this.reader = attempt.request.reader as GrpcReader;
    this.link = channel.link;
  }

  send(packages: GrpcPackages, clock: Clock): this {
    const { attempt, link } = this;
    const call = link.call(this.reader.method.path, clock.epochMs() + attempt.allowedMs, this);
    this.call = call;
    call.start(outgoingMetadata(attempt, packages), this);
    call.sendMessageWithContext({}, attempt.request.body as Buffer);
    call.halfClose();
    call.startRead();
    return this;
  }

  cancel(): void {
    if (!this.isOpen) return;
    const { isOutrun, isDeparted } = this.attempt;
    if (!isOutrun && !isDeparted) this.outOfTime();
    this.close();
    this.letGo();
  }

  lost(): void {
    if (!this.isOpen) return;
    this.refuse('upstream-reset', 'was lost: the connection was closed');
  }

  onReceiveMetadata(_metadata: Metadata): void {
    if (!this.isOpen) return;
    this.attempt.isAnswered = true;
    this.channel.heard();
  }

  onReceiveMessage(bytes: Buffer | null): void {
    // grpc-js says null where a message could not be read: the status follows.
    if (!this.isOpen || bytes === null) return;
    const { attempt, reader } = this;
    attempt.bytes = this.bytes += bytes.length;
    this.count++;
    if (this.bytes > attempt.request.maxBytes) {
      this.refuse('upstream-too-large', `answered with more than ${attempt.request.maxBytes} bytes`);
      return;
    }
    if (this.count > reader.maxMessages) {
      const code = reader.mode === 'one' ? 'upstream-malformed' : 'upstream-too-large';
      this.refuse(code, `answered with more than ${reader.maxMessages} messages`);
      return;
    }
    const message = this.read(bytes);
    if (!this.isOpen) return;
    if (reader.mode === 'each') {
      attempt.handOver();
      reader.each!(message);
      // What takes it may have had enough.
      if (!this.isOpen) return;
    } else this.messages.push(message);
    if (this.count >= reader.take) {
      this.succeed();
      this.letGo();
    } else this.call!.startRead();
  }

  onReceiveStatus(status: StatusObject): void {
    this.link.done(this);
    if (!this.isOpen) return;
    const { code, metadata } = status;
    const name = grpcStatusName(code);
    // A trailer with a type is an answer, though no head came before it.
    if (metadata.get('content-type').length > 0) this.onReceiveMetadata(metadata);
    if (name === 'OK') this.end();
    else {
      // Grpc-js watches the time, too, and may be first.
      if (name === 'DEADLINE_EXCEEDED') this.outOfTime();
      this.close();
      this.sink.fail(grpcFailure(this.attempt, status, this.link.isPeer(this.call!.getPeer())));
    }
  }

  private outOfTime(): void {
    if (!this.attempt.isAnswered) this.channel.unheard(this.link);
  }

  private end(): void {
    if (this.reader.mode === 'one' && this.count === 0) this.refuse('upstream-malformed', 'answered without a message');
    else this.succeed();
  }

  private read(bytes: Buffer): unknown {
    const { schema } = this.attempt.request;
    let message: unknown;
    try {
      message = this.reader.method.decode(bytes);
    } catch {
      // The decoder's own message may quote the bytes.
      this.refuse('upstream-malformed', 'sent bytes that are no such message');
      return undefined;
    }
    if (schema === undefined) return message;
    try {
      const checked = check(schema, message);
      if (checked.ok) return checked.value;
      this.refuse('upstream-malformed', misfit(checked.issues));
    } catch (error) {
      this.close();
      this.letGo();
      this.sink.fail(error);
    }
    return undefined;
  }

  private succeed(): void {
    this.close();
    this.attempt.status = 200;
    const { mode } = this.reader;
    this.sink.succeed(mode === 'all' ? this.messages : mode === 'one' ? this.messages[0] : undefined);
  }

  private refuse(code: ErrorCode, message: string): void {
    this.close();
    this.letGo();
    const { request, endpoint } = this.attempt;
    this.sink.fail(
      new UpstreamError(code, request.upstream, `${named(request)} ${message}`, { instance: endpoint?.address }),
    );
  }

  private close(): void {
    this.isOpen = false;
  }

  private letGo(): void {
    // CANCELLED: grpc-js tells the instance, and us when it is done.
    this.call?.cancelWithStatus(1, '');
  }
}
