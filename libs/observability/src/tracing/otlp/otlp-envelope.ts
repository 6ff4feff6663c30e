import { quoted, textAttribute } from './attribute.js';

/** What an export says of the process, around its spans. */
export interface OtlpEnvelope {
  readonly head: string;
  readonly tail: string;
}

/**
 * Writes what stands around the spans of an export.
 * @param resource  what is said of the process; keys may be anybody's
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function otlpEnvelope(resource: Readonly<Record<string, unknown>>): OtlpEnvelope {
  const said = Object.entries(resource).map(([key, value]) => textAttribute(quoted(key).slice(1, -1), String(value)));
  return {
    head: `{"resourceSpans":[{"resource":{"attributes":[${said.join(',')}]},"scopeSpans":[{"scope":{"name":"guichet"},"spans":[`,
    tail: ']}]}]}',
  };
}
