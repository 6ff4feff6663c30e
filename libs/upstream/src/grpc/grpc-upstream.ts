import type { BootProblems, Schema } from 'guichet/kernel';
import type { Observable } from 'rxjs';
import type { IdentityChoice, RequestOptions } from '../call-options.js';
import { makeRequest } from '../make-request.js';
import { canLoad } from '../optional-package.js';
import type { Protocol } from '../protocol.js';
import { StackCall } from '../stack-call.js';
import type { UpstreamCall } from '../upstream-call.js';
import { UpstreamClient } from '../upstream-client.js';
import type { UpstreamRequest } from '../upstream-request.js';
import { type GrpcReader, GrpcReaders } from './grpc-reader.js';
import { checkMetadata } from './grpc-metadata.js';
import { grpcServiceOf } from './grpc-service.js';
import { GrpcStream } from './grpc-stream.js';
import type { GrpcAnswer, GrpcMethodName, GrpcRequest } from './grpc-types.js';
import { grpcProtocol } from './grpc.protocol.js';
import { GRPC_PACKAGES, loadGrpc } from './load-grpc.js';
import { loadService } from './load-service.js';

/** What a gRPC call may say. */
export type GrpcCallOptions<T> = IdentityChoice &
  RequestOptions & {
    /** What a message of the answer must look like, beyond what the proto file says. */
    readonly schema?: Schema<T>;
    /** Sent as metadata `idempotency-key`: by it the upstream recognises a call that it has carried out already. */
    readonly idempotencyKey?: string;
    /** Whether the call changes nothing, and may be repeated, shared and hedged, where the proto file does not say so. */
    readonly safe?: boolean;
  };

/** What a call for all messages of a stream may say. */
export type GrpcCollectOptions<T> = GrpcCallOptions<T> & {
  /** Messages beyond which the call fails as `upstream-too-large`; 1000 if left out. */
  readonly maxMessages?: number;
  /** Messages that are enough: the rest of the stream is let go. */
  readonly take?: number;
};

const MAX_MESSAGES = 1_000;
/** By client class: what its proto file declares. */
const methods = new WeakMap<object, ReadonlyMap<string, GrpcReaders>>();

/**
 * The base of a client of a gRPC service, decorated with `@Upstream` and `@GrpcService`; its type argument says the messages.
 * ```ts
 * interface Pricing { Quote(request: { sku: string }): Quote }
 *
 * @Upstream('pricing', { timeoutMs: 200 })
 * @GrpcService('shop.pricing.v1.Pricing', { files: new URL('./pricing.proto', import.meta.url) })
 * export class PricingClient extends GrpcUpstream<Pricing> {
 *   quote(sku: string) { return this.unary('Quote', { sku }); }
 * }
 * ```
 * Calls are cold, and go through the same layers as those by HTTP. A status of gRPC is told as the HTTP status that means the
 * same, so that a page answers 404 to NOT_FOUND.
 */
export abstract class GrpcUpstream<S> extends UpstreamClient {
  static readonly protocol: Protocol = grpcProtocol;

  /** Loads gRPC and the proto files of the service. */
  static prepare(problems: BootProblems): void {
    const declaration = grpcServiceOf(this);
    if (declaration === undefined) {
      problems.add({
        where: this.name,
        path: '@GrpcService',
        message: 'does not say which gRPC service it calls',
        mend: `decorate it with @GrpcService('package.Service', { files: new URL('./service.proto', import.meta.url) })`,
      });
      return;
    }
    if (!canLoad(this.name, GRPC_PACKAGES, problems)) return;
    const loaded = loadService(this.name, declaration, loadGrpc(), problems);
    if (loaded === undefined) return;
    const readers = new Map([...new Set(loaded.values())].map(method => [method, new GrpcReaders(method)]));
    methods.set(this, new Map([...loaded].map(([name, method]) => [name, readers.get(method)!])));
  }

  /** Asks for one message with one message. */
  protected unary<M extends GrpcMethodName<S>, T = GrpcAnswer<S, M>>(
    method: M,
    message: GrpcRequest<S, M>,
    options: GrpcCallOptions<T> = {},
  ): UpstreamCall<T> {
    const readers = this.readers(method, false);
    return this.call(readers, readers.one, message, options);
  }

  /** Asks a stream for its first message; the rest is let go. */
  protected first<M extends GrpcMethodName<S>, T = GrpcAnswer<S, M>>(
    method: M,
    message: GrpcRequest<S, M>,
    options: GrpcCallOptions<T> = {},
  ): UpstreamCall<T> {
    const readers = this.readers(method, true);
    return this.call(readers, readers.first, message, options);
  }

  /** Asks a stream for all its messages, or as many as are enough; within the upstream's `maxBytes` together. */
  protected collect<M extends GrpcMethodName<S>, T = GrpcAnswer<S, M>>(
    method: M,
    message: GrpcRequest<S, M>,
    options: GrpcCollectOptions<T> = {},
  ): UpstreamCall<readonly T[]> {
    const { maxMessages = MAX_MESSAGES, take = Infinity } = options;
    if (!(maxMessages >= 1 && take >= 1)) throw new RangeError(`${method}: maxMessages and take must be at least 1`);
    const readers = this.readers(method, true);
    return this.call(readers, readers.list(maxMessages, take), message, options as GrpcCallOptions<unknown>);
  }

  /**
   * Asks a stream for its messages as they come. It is one call to the layers, within `timeoutMs` and `maxBytes` in all, and is not
   * tried again once a message came.
   */
  protected stream<M extends GrpcMethodName<S>, T = GrpcAnswer<S, M>>(
    method: M,
    message: GrpcRequest<S, M>,
    options: GrpcCallOptions<T> = {},
  ): Observable<T> {
    const readers = this.readers(method, true);
    const request = this.request(readers, readers.one, message, options);
    return new GrpcStream<T>(request, readers, this.runtime().step);
  }

  private call<T>(
    readers: GrpcReaders,
    reader: GrpcReader,
    message: unknown,
    options: GrpcCallOptions<unknown>,
  ): UpstreamCall<T> {
    return new StackCall<T>(this.request(readers, reader, message, options), this.runtime().step);
  }

  private request(
    { method }: GrpcReaders,
    reader: GrpcReader,
    message: unknown,
    options: GrpcCallOptions<unknown>,
  ): UpstreamRequest {
    const runtime = this.runtime();
    const request = makeRequest(
      runtime,
      this.context(runtime),
      method.isAnswerStream ? 'STREAM' : 'UNARY',
      method.fullName,
      method.path,
      method.encode(message as object),
      undefined,
      options.safe ?? method.isSafe,
      method.isRepeatable && options.safe !== false,
      reader,
      options,
    );
    checkMetadata(request.headers, request.idempotencyKey);
    return request;
  }

  private readers(name: string, isStream: boolean): GrpcReaders {
    const found = methods.get(this.constructor)?.get(name);
    if (found === undefined) throw new TypeError(`${this.constructor.name}: its gRPC service has no method "${name}"`);
    const { isRequestStream, isAnswerStream } = found.method;
    if (isRequestStream) throw new TypeError(`${name} takes a stream: such calls are not possible`);
    if (isAnswerStream !== isStream) {
      const fitting = isAnswerStream ? 'first, collect or stream' : 'unary';
      throw new TypeError(
        `${name} ${isAnswerStream ? 'answers with a stream' : 'is no stream'}: call it by ${fitting}`,
      );
    }
    return found;
  }
}
