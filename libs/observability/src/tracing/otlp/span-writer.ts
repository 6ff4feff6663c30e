import type { TraceTime } from './trace-time.js';

/** OTLP's flags: sampled, and whether the parent is another process', which is known. */
const LOCAL = 0x101;
const REMOTE = 0x301;
/** The most spans that are told of one request: a page that makes thousands of calls is not told whole. */
const MAX_SPANS = 1_000;

/**
 * Writes the spans of one trace as members of OTLP's JSON.
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export class SpanWriter {
  /** Spans, separated by commas. */
  text = '';
  count = 0;
  private readonly head: string;

  /** @param traceId  32 hex digits */
  constructor(
    traceId: string,
    private readonly time: TraceTime,
  ) {
    this.head = `{"traceId":"${traceId}","spanId":"`;
  }

  /** @returns whether so many more may be told beside the request's own */
  hasRoomFor(spans: number): boolean {
    return this.count + spans < MAX_SPANS;
  }

  /**
   * @param parentId  a span of this process
   * @param words     see `span-words.ts`
   * @param more      further attributes, a comma before each
   */
  child(spanId: string, parentId: string, startedAt: number, endedAt: number, words: string, more = ''): void {
    this.write(`${spanId}","parentSpanId":"${parentId}","flags":${LOCAL}`, startedAt, endedAt, words, more);
  }

  /** @param parentId  a span of who called; undefined where the trace begins here */
  root(
    spanId: string,
    parentId: string | undefined,
    startedAt: number,
    endedAt: number,
    words: string,
    more: string,
  ): void {
    const ids =
      parentId === undefined
        ? `${spanId}","flags":${LOCAL}`
        : `${spanId}","parentSpanId":"${parentId}","flags":${REMOTE}`;
    this.write(ids, startedAt, endedAt, words, more);
  }

  private write(ids: string, startedAt: number, endedAt: number, words: string, more: string): void {
    const { time } = this;
    const start = time.nanoseconds(startedAt);
    const end = time.nanoseconds(endedAt < startedAt ? startedAt : endedAt);
    const head = this.count++ === 0 ? this.head : `,${this.head}`;
    this.text += `${head}${ids},"startTimeUnixNano":"${start}","endTimeUnixNano":"${end}",${words}${more}]}`;
  }
}
