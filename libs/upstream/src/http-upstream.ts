import { Inject } from '@nestjs/common';
import type { CallContext } from 'guichet/kernel';
import type { AnswerReader } from './answer.js';
import type { UpstreamHttpService } from './axios/upstream-http.service.js';
import { requireContext } from './call-context.js';
import type { CallOptions, HeadOptions, WriteOptions } from './call-options.js';
import { headerList, headerValue } from './declared-headers.js';
import { type HeadAnswer, headAnswer } from './head-answer.js';
import { HttpCall } from './http-call.js';
import type { CallIdentity } from './identity/call-identity.js';
import { jsonAnswer } from './json-answer.js';
import type { LiteralPath, ParamsOption, PathWithoutParams } from './path-params.js';
import { fillTemplate } from './path-template.js';
import { queryString } from './query-string.js';
import type { UpstreamCall } from './upstream-call.js';
import { UpstreamRegistry } from './upstream-registry.js';
import type { HttpMethod } from './upstream-request.js';
import type { UpstreamRuntime } from './upstream-runtime.js';

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
export abstract class HttpUpstream {
  /** Nest's; a client class needs no constructor. */
  @Inject(UpstreamRegistry) private readonly upstreamRegistry!: UpstreamRegistry;
  private readonly boundContext?: CallContext;

  /**
   * The same client with every call bound to a context, for calls made where none is current.
   * The client is copied by prototype: its classes keep to TypeScript's `private`, since a copy has no `#private` fields.
   */
  in(context: CallContext): this {
    return Object.create(this, { boundContext: { value: context } }) as this;
  }

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
    const context = requireContext(this.boundContext, runtime.name);
    const template = runtime.template(path);
    const identity = identityOf(runtime, options, context);
    const { config } = runtime;
    const {
      body,
      idempotencyKey,
      timeoutMs = config.timeoutMs,
      maxRetries = config.maxRetries,
      hedge = config.hedge,
    } = options;
    if (!(timeoutMs > 0)) throw new RangeError(`${method} ${path}: timeoutMs must be above 0`);
    if (!(maxRetries >= 0 && maxRetries <= 3))
      throw new RangeError(`${method} ${path}: maxRetries must be from 0 to 3`);
    return new HttpCall(
      {
        upstream: runtime.name,
        method,
        template: template.text,
        target: fillTemplate(template, options.params) + queryString(options.query),
        headers: headerList(options.headers),
        body: body === undefined ? undefined : JSON.stringify(body),
        contentType: body === undefined ? undefined : 'application/json',
        idempotencyKey: idempotencyKey === undefined ? undefined : headerValue('idempotency-key', idempotencyKey),
        isPublic: options.public === true,
        identity,
        identityKey: identity === undefined ? '' : identity.key,
        timeoutMs,
        maxRetries,
        isHedged: hedge,
        maxBytes: config.maxBytes,
        schema: options.schema,
        reader,
        context,
      },
      runtime.step,
    );
  }

  private runtime(): UpstreamRuntime {
    if (this.upstreamRegistry === undefined) {
      throw new Error(
        `${this.constructor.name} was not made by Nest: list it in UpstreamModule.forRoot({ clients: [${this.constructor.name}] }) and inject it`,
      );
    }
    return this.upstreamRegistry.runtimeOf(this.constructor);
  }
}

function identityOf(
  { name, identities }: UpstreamRuntime,
  options: CallOptions<unknown>,
  { request }: CallContext,
): CallIdentity | undefined {
  if (options.public !== true) return identities.of(options.identity, request);
  // The types say so too.
  if (options.identity === undefined || options.identity === 'none') return undefined;
  throw new TypeError(`a public call of "${name}" carries no identity: leave out \`public\` or \`identity\``);
}

type AnyOptions = WriteOptions<unknown> & { readonly params?: Readonly<Record<string, unknown>> };
