/** That a request's trace is recorded: the spans it is known by (W3C Trace Context). */
export interface Sampled {
  /** 32 hex digits. */
  readonly traceId: string;
  /** The request's own span: 16 hex digits. */
  readonly spanId: string;
  /** Who called: the client's span, 16 hex digits; undefined where the trace begins here. */
  readonly parentSpanId: string | undefined;
  /** @returns the id of a further span: 16 hex digits */
  newSpanId(): string;
}
