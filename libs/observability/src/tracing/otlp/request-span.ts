import { SpanKind } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_NETWORK_PROTOCOL_VERSION,
  ATTR_URL_SCHEME,
} from '@opentelemetry/semantic-conventions';
import type { FinishedRequest } from '../../request-listeners.js';
import { type Waterfall, waterfallOf } from '../../waterfall/waterfall.js';
import type { AttributeSink } from './attribute-sink.js';
import { DEPARTED, REQUEST_ID, SPANS_LEFT_OUT } from './attributes.js';
import { HTTP_METHODS } from './http-methods.js';
import { tellPage } from './tell-page.js';
import { ToldSpan, type TraceOrigin } from './told-span.js';

/** The request itself, and the page where it was for one. No path, address or header of the client's is in it. */
export class RequestSpan extends ToldSpan {
  override readonly isParentRemote: boolean;
  readonly startedAt: number;
  readonly endedAt: number;
  private readonly method: string;
  private readonly route: string | undefined;
  /** Undefined for a client that left before it saw any. */
  private readonly statusCode: number | undefined;
  private readonly scheme: string;
  private readonly httpVersion: string;
  private readonly requestId: string;
  private readonly departed: boolean;
  private readonly page: Waterfall | undefined;

  /** @param leftOut  how many spans were too many to tell */
  constructor(
    trace: TraceOrigin,
    { context, request, response, endedAt }: FinishedRequest,
    private readonly leftOut: number,
  ) {
    const { spanId, parentSpanId } = context.sampled!;
    super(trace, spanId, parentSpanId);
    this.isParentRemote = parentSpanId !== undefined;
    this.startedAt = context.startedAt;
    this.endedAt = endedAt;
    this.method = HTTP_METHODS.has(request.method!) ? request.method! : '_OTHER';
    this.route = context.route;
    this.statusCode = response.headersSent ? response.statusCode : undefined;
    this.scheme = 'encrypted' in request.socket ? 'https' : 'http';
    this.httpVersion = request.httpVersion;
    this.requestId = context.requestId;
    this.departed = context.departed;
    this.page = context.trace && waterfallOf(context.trace, context, endedAt);
  }

  get name(): string {
    return this.route === undefined ? this.method : `${this.method} ${this.route}`;
  }

  get kind(): SpanKind {
    return SpanKind.SERVER;
  }

  /** What the client did wrong is none of ours. */
  get isError(): boolean {
    return this.statusCode !== undefined && this.statusCode >= 500;
  }

  tell(to: AttributeSink): void {
    to.text(ATTR_HTTP_REQUEST_METHOD, this.method);
    to.text(ATTR_URL_SCHEME, this.scheme);
    to.text(ATTR_NETWORK_PROTOCOL_VERSION, this.httpVersion);
    if (this.route !== undefined) to.text(ATTR_HTTP_ROUTE, this.route);
    if (this.statusCode !== undefined) to.number(ATTR_HTTP_RESPONSE_STATUS_CODE, this.statusCode);
    if (this.isError) to.text(ATTR_ERROR_TYPE, this.page?.code ?? String(this.statusCode));
    if (this.departed) to.flag(DEPARTED, true);
    to.text(REQUEST_ID, this.requestId);
    if (this.page !== undefined) tellPage(this.page, to);
    if (this.leftOut > 0) to.number(SPANS_LEFT_OUT, this.leftOut);
  }
}
