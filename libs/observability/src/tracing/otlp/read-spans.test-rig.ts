/** A span as a collector reads it. */
export interface ReadSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly isParentRemote: boolean;
  readonly name: string;
  /** OTLP's. */
  readonly kind: number;
  readonly isError: boolean;
  /** Nanoseconds since 1970. */
  readonly startedAt: bigint;
  readonly endedAt: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface WrittenValue {
  readonly stringValue?: string;
  readonly intValue?: number;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
  readonly arrayValue?: { readonly values: readonly WrittenValue[] };
}

interface WrittenSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: number;
  readonly status: { readonly code?: number };
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: WrittenValue }[];
}

const REMOTE_PARENT = 0x200;

/** Reads spans that were written as members of OTLP's JSON. */
export function readSpans(text: string): readonly ReadSpan[] {
  return (JSON.parse(`[${text}]`) as WrittenSpan[]).map(span => ({
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    isParentRemote: (span.flags & REMOTE_PARENT) !== 0,
    name: span.name,
    kind: span.kind,
    isError: span.status.code === 2,
    startedAt: BigInt(span.startTimeUnixNano),
    endedAt: BigInt(span.endTimeUnixNano),
    attributes: Object.fromEntries(span.attributes.map(({ key, value }) => [key, valueOf(value)])),
  }));
}

function valueOf({ arrayValue, ...scalar }: WrittenValue): unknown {
  return arrayValue === undefined ? Object.values(scalar)[0] : arrayValue.values.map(valueOf);
}
