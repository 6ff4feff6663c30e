import { AttributeText, quoted } from './attribute-text.js';
import type { SpanOrigin, ToldSpan } from './told-span.js';

/** OTLP's flags: sampled, and whether the parent is another process', which is known. */
const LOCAL = 0x101;
const REMOTE = 0x301;

/**
 * Writes spans as OTLP's JSON: what OpenTelemetry's own serializer writes, without an object for every attribute on the way.
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 * @see docs/decisions/0026-spans-told-afterwards.md  (what it saves)
 */
export class OtlpJson {
  private readonly head: string;

  constructor({ resource, instrumentationScope }: SpanOrigin) {
    const said = new AttributeText();
    // Their keys are the environment’s.
    for (const [key, value] of Object.entries(resource.attributes)) said.text(quoted(key).slice(1, -1), String(value));
    const scope = `{"name":${quoted(instrumentationScope.name)}}`;
    this.head = `{"resourceSpans":[{"resource":{"attributes":[${said.members}]},"scopeSpans":[{"scope":${scope},"spans":[`;
  }

  serializeRequest(spans: readonly ToldSpan[]): Uint8Array {
    let text = this.head;
    for (let at = 0; at < spans.length; at++) text += (at === 0 ? '' : ',') + spanText(spans[at]!);
    return Buffer.from(`${text}]}]}]}`);
  }

  /** What the collector says of what it took is of no use to anybody here. */
  deserializeResponse(): object {
    return {};
  }
}

function spanText(span: ToldSpan): string {
  const { trace, spanId, parentSpanId, kind, isError } = span;
  const attributes = new AttributeText();
  span.tell(attributes);
  // OTLP counts kinds from 1: the first is for those that say none. Nanoseconds are more than a double can tell apart.
  return (
    `{"traceId":"${trace.traceId}","spanId":"${spanId}",` +
    (parentSpanId === undefined ? '' : `"parentSpanId":"${parentSpanId}",`) +
    `"flags":${span.isParentRemote ? REMOTE : LOCAL},"name":${quoted(span.name)},"kind":${kind + 1},` +
    `"startTimeUnixNano":"${trace.time.microseconds(span.startedAt)}000",` +
    `"endTimeUnixNano":"${trace.time.microseconds(Math.max(span.startedAt, span.endedAt))}000",` +
    `"attributes":[${attributes.members}],"status":${isError ? '{"code":2}' : '{}'}}`
  );
}
