import { type Attributes, type AttributeValue, SpanKind } from '@opentelemetry/api';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { ManualClock } from 'guichet/testing';
import { flagAttribute, numberAttribute, textAttribute, textsAttribute } from './attribute.js';
import { otlpEnvelope } from './otlp-envelope.js';
import { SpanBatch } from './span-batch.js';
import { spanWords } from './span-words.js';
import { SpanWriter } from './span-writer.js';
import { TraceTime } from './trace-time.js';

const HOSTILE = ['a"b', 'a\\', 'line\nbreak', 'nul\0', 'é 漢 🎬', '</script>', '\u2028', '\ud800', '', '{"key":1}'];
const RESOURCE = { 'service.name': 'shop "web"', 'host.name': 'é' };
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const PARENT = 'c'.repeat(16);

/** A span as both are told of it. */
interface Said {
  readonly name: string;
  readonly kind: SpanKind;
  readonly isError: boolean;
  readonly parent: 'none' | 'own' | 'remote';
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

const clock = new ManualClock();
const started = 0.123;
const ended = 1_234.567;

function ours(spans: readonly Said[]): unknown {
  const writer = new SpanWriter(TRACE, new TraceTime(clock));
  for (const { name, kind, isError, parent, attributes } of spans) {
    const words = spanWords(name, kind + 1, isError, Object.entries(attributes).map(attributeOf));
    if (parent === 'own') writer.child(SPAN, PARENT, started, ended, words);
    else writer.root(SPAN, parent === 'none' ? undefined : PARENT, started, ended, words, '');
  }
  const { head, tail } = otlpEnvelope(RESOURCE);
  const batch = new SpanBatch(head, tail);
  batch.add(writer.text, writer.count);
  return JSON.parse(Buffer.from(batch.finish()).toString());
}

function attributeOf([key, value]: [string, AttributeValue]): string {
  if (typeof value === 'string') return textAttribute(key, value);
  if (typeof value === 'number') return numberAttribute(key, value);
  if (typeof value === 'boolean') return flagAttribute(key, value);
  return textsAttribute(key, value as string[]);
}

const timeOf = (instantMs: number): [number, number] => {
  const microseconds = Math.round((clock.epochMs() - clock.now() + instantMs) * 1_000);
  const seconds = Math.floor(microseconds / 1e6);
  return [seconds, (microseconds - seconds * 1e6) * 1_000];
};

/** As OpenTelemetry's own serializer writes them. */
function theirs(spans: readonly Said[]): unknown {
  const resource = resourceFromAttributes(RESOURCE);
  const instrumentationScope = { name: 'guichet' };
  const readable = spans.map(({ name, kind, isError, parent, attributes }): ReadableSpan => ({
    name,
    kind,
    resource,
    instrumentationScope,
    attributes: attributes as Attributes,
    spanContext: () => ({ traceId: TRACE, spanId: SPAN, traceFlags: 1 }),
    ...(parent !== 'none' && {
      parentSpanContext: { traceId: TRACE, spanId: PARENT, traceFlags: 1, isRemote: parent === 'remote' },
    }),
    startTime: timeOf(started),
    endTime: timeOf(ended),
    duration: [1, 0],
    status: { code: isError ? 2 : 0 },
    ended: true,
    links: [],
    events: [],
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }));
  return JSON.parse(Buffer.from(JsonTraceSerializer.serializeRequest(readable)!).toString());
}

/** What OTLP takes for said where nothing is said. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
  events: [],
  links: [],
  code: 0,
};

function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (typeof value !== 'object' || value === null) return value;
  const said = Object.entries(value).filter(
    ([key, member]) => JSON.stringify(DEFAULTS[key]) !== JSON.stringify(member),
  );
  return Object.fromEntries(said.map(([key, member]) => [key, withoutDefaults(member)]));
}

describe('OTLP’s JSON', () => {
  it('is written as OpenTelemetry’s own serializer writes it', () => {
    const hostile = Object.fromEntries(HOSTILE.map((text, index) => [`text.${index}`, text]));
    const spans: Said[] = [
      {
        name: 'GET /films/:id',
        kind: SpanKind.CLIENT,
        isError: true,
        parent: 'own',
        attributes: { ...hostile, whole: 12, broken: 0.25, yes: true, no: false, path: HOSTILE, none: [] },
      },
      { name: 'GET', kind: SpanKind.SERVER, isError: false, parent: 'remote', attributes: { a: 'b' } },
      ...HOSTILE.map((name): Said => ({
        name,
        kind: SpanKind.INTERNAL,
        isError: false,
        parent: 'none',
        attributes: { a: name },
      })),
    ];
    expect(withoutDefaults(ours(spans))).toEqual(withoutDefaults(theirs(spans)));
  });
});

describe('TraceTime', () => {
  it.each([
    [0, '1767225600000000000'],
    [0.123, '1767225600000123000'],
    [1_234.567, '1767225601234567000'],
    [999.9996, '1767225601000000000'],
    [59_999.001, '1767225659999001000'],
  ])('tells %d ms to the microsecond', (instantMs, nanoseconds) => {
    expect(new TraceTime(new ManualClock()).nanoseconds(instantMs)).toBe(nanoseconds);
  });
});

describe('SpanBatch', () => {
  it('grows with what is written to it, and begins anew when it is emptied', () => {
    const batch = new SpanBatch('[', ']');
    const long = JSON.stringify('漢'.repeat(200_000));
    for (let i = 0; i < 5; i++) batch.add(long, 1);
    expect(batch.count).toBe(5);
    expect(JSON.parse(Buffer.from(batch.finish()).toString())).toEqual(Array(5).fill('漢'.repeat(200_000)));
    batch.empty();
    expect(batch.count).toBe(0);
    batch.add('1,2', 2);
    expect(Buffer.from(batch.finish()).toString()).toBe('[1,2]');
  });
});
