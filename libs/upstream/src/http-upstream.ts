import type { AnswerReader } from './answer.js';
import type { UpstreamHttpService } from './axios/upstream-http.service.js';
import type { CallOptions, HeadOptions, WriteOptions } from './call-options.js';
import { type HeadAnswer, headAnswer } from './head-answer.js';
import { httpRequest } from './http-request.js';
import { jsonAnswer } from './json-answer.js';
import type { LiteralPath, ParamsOption, PathWithoutParams } from './path-params.js';
import type { Protocol } from './protocol.js';
import { StackCall } from './stack-call.js';
import { httpProtocol } from './transports/http.protocol.js';
import type { UpstreamCall } from './upstream-call.js';
import { UpstreamClient } from './upstream-client.js';
import type { HttpMethod } from './upstream-request.js';

/**
 * The base of a client of an upstream: one class per upstream, decorated with `@Upstream`, one method per call.
 * ```ts
 * @Upstream('catalog', { timeoutMs: 300 })
 * export class CatalogClient extends HttpUpstream {
 *   product(id: string) { return this.get('/products/:id', { params: { id }, schema: Product }); }
 * }
 * ```
 * A call is cold: nothing is sent before it is subscribed to. Its path, body and context are taken when it is made.
 * Calls throw `InvalidInput` for values that cannot be sent safely, so that the page answers 400.
 */
export abstract class HttpUpstream extends UpstreamClient {
  static readonly protocol: Protocol = httpProtocol;

  /** An axios `HttpService` through the same stack and instances, for code that wants one. Paths relative to the upstream. */
  get http(): UpstreamHttpService {
    const { http } = this.runtime();
    return this.boundContext === undefined ? http : http.in(this.boundContext);
  }

  protected get<P extends string>(path: P & PathWithoutParams<P>): UpstreamCall<unknown>;
  protected get<P extends string, T = unknown>(
    path: P & LiteralPath<P>,
    options: ParamsOption<P> & CallOptions<T>,
  ): UpstreamCall<T>;
  protected get(path: string, options?: AnyOptions): UpstreamCall<unknown> {
    return this.call('GET', path, options, jsonAnswer);
  }

  /** Asks for the head of an answer alone. */
  protected head<P extends string>(path: P & PathWithoutParams<P>): UpstreamCall<HeadAnswer>;
  protected head<P extends string>(
    path: P & LiteralPath<P>,
    options: ParamsOption<P> & HeadOptions,
  ): UpstreamCall<HeadAnswer>;
  protected head(path: string, options?: AnyOptions): UpstreamCall<HeadAnswer> {
    return this.call('HEAD', path, options, headAnswer) as UpstreamCall<HeadAnswer>;
  }

  protected post<P extends string>(path: P & PathWithoutParams<P>): UpstreamCall<unknown>;
  protected post<P extends string, T = unknown>(
    path: P & LiteralPath<P>,
    options: ParamsOption<P> & WriteOptions<T>,
  ): UpstreamCall<T>;
  protected post(path: string, options?: AnyOptions): UpstreamCall<unknown> {
    return this.call('POST', path, options, jsonAnswer);
  }

  protected put<P extends string>(path: P & PathWithoutParams<P>): UpstreamCall<unknown>;
  protected put<P extends string, T = unknown>(
    path: P & LiteralPath<P>,
    options: ParamsOption<P> & WriteOptions<T>,
  ): UpstreamCall<T>;
  protected put(path: string, options?: AnyOptions): UpstreamCall<unknown> {
    return this.call('PUT', path, options, jsonAnswer);
  }

  protected patch<P extends string>(path: P & PathWithoutParams<P>): UpstreamCall<unknown>;
  protected patch<P extends string, T = unknown>(
    path: P & LiteralPath<P>,
    options: ParamsOption<P> & WriteOptions<T>,
  ): UpstreamCall<T>;
  protected patch(path: string, options?: AnyOptions): UpstreamCall<unknown> {
    return this.call('PATCH', path, options, jsonAnswer);
  }

  protected delete<P extends string>(path: P & PathWithoutParams<P>): UpstreamCall<unknown>;
  protected delete<P extends string, T = unknown>(
    path: P & LiteralPath<P>,
    options: ParamsOption<P> & WriteOptions<T>,
  ): UpstreamCall<T>;
  protected delete(path: string, options?: AnyOptions): UpstreamCall<unknown> {
    return this.call('DELETE', path, options, jsonAnswer);
  }

  private call(
    method: HttpMethod,
    path: string,
    options: AnyOptions = {},
    reader: AnswerReader,
  ): UpstreamCall<unknown> {
    const runtime = this.runtime();
    const context = this.context(runtime);
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const request = httpRequest(runtime, context, method, path, body, 'application/json', false, reader, options);
    return new StackCall(request, runtime.step);
  }
}

type AnyOptions = WriteOptions<unknown> & { readonly params?: Readonly<Record<string, unknown>> };
