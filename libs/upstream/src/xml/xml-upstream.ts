import type { BootProblems } from 'guichet/kernel';
import type { CallOptions } from '../call-options.js';
import { httpRequest } from '../http-request.js';
import { canLoad } from '../optional-package.js';
import type { LiteralPath, ParamsOption } from '../path-params.js';
import type { Protocol } from '../protocol.js';
import { StackCall } from '../stack-call.js';
import { httpProtocol } from '../transports/http.protocol.js';
import type { UpstreamCall } from '../upstream-call.js';
import { UpstreamClient } from '../upstream-client.js';
import type { HttpMethod } from '../upstream-request.js';
import { writeXml, type XmlElement } from './write-xml.js';
import { xmlAnswer } from './xml-answer.js';

/** What a call for XML may say. */
export type XmlCallOptions<T> = CallOptions<T> & {
  /** Elements that come as lists even when there is one, by their dotted path from the root: `films.film`. */
  readonly arrays?: readonly string[];
  /** Bytes the answer may have, at most the upstream's `maxBytes`; 256 KiB if left out: what is read in about 40 ms. */
  readonly maxBytes?: number;
};

/** What a call that sends XML may say. */
export type XmlWriteOptions<T> = XmlCallOptions<T> & {
  /** Sent as a document, escaped: its root element by its name. */
  readonly body?: XmlElement;
  /** Of the body; `application/xml` if left out. */
  readonly contentType?: string;
  /** Sent as `Idempotency-Key`: by it the upstream recognises a call that it has carried out already. */
  readonly idempotencyKey?: string;
  /** Whether the call changes nothing though it is a POST, as those of SOAP are: it may be repeated, shared and hedged. */
  readonly safe?: boolean;
};

const MAX_BYTES = 256 * 1024;
const NO_ARRAYS: readonly string[] = [];

/**
 * The base of a client of a service that answers in XML over HTTP. All values are text: the schema makes numbers of them.
 * ```ts
 * @Upstream('archive', { timeoutMs: 400 })
 * export class ArchiveClient extends XmlUpstream {
 *   copies(id: string) {
 *     return this.get('/copies/:id', { params: { id }, arrays: ['copies.copy'], schema: copiesSchema });
 *   }
 * }
 * ```
 * A client of the same upstream may be an `HttpUpstream`: both share instances, limits and breaker.
 */
export abstract class XmlUpstream extends UpstreamClient {
  static readonly protocol: Protocol = httpProtocol;

  static prepare(problems: BootProblems): void {
    canLoad(this.name, ['fast-xml-parser'], problems);
  }

  protected get<P extends string, T = unknown>(
    path: P & LiteralPath<P>,
    options: ParamsOption<P> & XmlCallOptions<T>,
  ): UpstreamCall<T> {
    return this.call('GET', path, options);
  }

  protected post<P extends string, T = unknown>(
    path: P & LiteralPath<P>,
    options: ParamsOption<P> & XmlWriteOptions<T>,
  ): UpstreamCall<T> {
    return this.call('POST', path, options);
  }

  protected put<P extends string, T = unknown>(
    path: P & LiteralPath<P>,
    options: ParamsOption<P> & XmlWriteOptions<T>,
  ): UpstreamCall<T> {
    return this.call('PUT', path, options);
  }

  protected delete<P extends string, T = unknown>(
    path: P & LiteralPath<P>,
    options: ParamsOption<P> & XmlWriteOptions<T>,
  ): UpstreamCall<T> {
    return this.call('DELETE', path, options);
  }

  private call<T>(method: HttpMethod, path: string, options: AnyXmlOptions): UpstreamCall<T> {
    const runtime = this.runtime();
    const { body, contentType = 'application/xml', arrays = NO_ARRAYS, safe = false, maxBytes = MAX_BYTES } = options;
    const request = httpRequest(
      runtime,
      this.context(runtime),
      method,
      path,
      body && writeXml(body),
      contentType,
      safe,
      xmlAnswer(arrays),
      options,
    );
    return new StackCall<T>({ ...request, maxBytes: Math.min(maxBytes, request.maxBytes) }, runtime.step);
  }
}

type AnyXmlOptions = XmlWriteOptions<unknown> & { readonly params?: Readonly<Record<string, unknown>> };
