import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { ManualClock } from 'guichet/testing';
import type { AttributeSink } from './attribute-sink.js';
import { OtlpJson } from './otlp-json.js';
import { ToldSpan } from './told-span.js';
import { TraceTime } from './trace-time.js';

const HOSTILE = ['a"b', 'a\\', 'line\nbreak', 'nul\0', 'é 漢 🎬', '</script>', '\u2028', '\ud800', '', '{"key":1}'];

const origin = {
  resource: resourceFromAttributes({ 'service.name': 'shop "web"', 'host.name': 'é' }),
  instrumentationScope: { name: 'guichet' },
};
const trace = {
  ...origin,
  traceId: '0af7651916cd43dd8448eb211c80319c',
  time: new TraceTime(new ManualClock()),
  until: 9,
};

class Span extends ToldSpan {
  readonly startedAt = 0.123;
  readonly endedAt = 1_234.567;

  constructor(
    readonly name: string,
    readonly kind: number,
    readonly isError: boolean,
    parentSpanId: string | undefined,
    override readonly isParentRemote: boolean,
    private readonly say: (to: AttributeSink) => void = () => {},
  ) {
    super(trace, 'b7ad6b7169203331', parentSpanId);
  }

  tell(to: AttributeSink): void {
    this.say(to);
  }
}

type Json = Record<string, unknown>;

/** What OTLP takes for said where nothing is said. */
const DEFAULTS: Json = {
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

const parsed = (bytes: Uint8Array | undefined): unknown => JSON.parse(Buffer.from(bytes!).toString());

describe('OtlpJson', () => {
  it('writes what OpenTelemetry’s own serializer writes', () => {
    const spans = [
      new Span('GET /films/:id', 2, true, 'c'.repeat(16), false, to => {
        for (const [index, text] of HOSTILE.entries()) to.text(`text.${index}`, text);
        to.number('whole', 12);
        to.number('broken', 0.25);
        to.flag('yes', true);
        to.flag('no', false);
        to.texts('path', HOSTILE);
        to.texts('none', []);
      }),
      new Span('GET', 1, false, 'd'.repeat(16), true),
      ...HOSTILE.map(name => new Span(name, 0, false, undefined, false)),
    ];
    const ours = parsed(new OtlpJson(origin).serializeRequest(spans));
    expect(withoutDefaults(ours)).toEqual(withoutDefaults(parsed(JsonTraceSerializer.serializeRequest(spans))));
  });

  it('tells instants to the microsecond', () => {
    const [span] = [new Span('GET', 1, false, undefined, false)];
    const text = Buffer.from(new OtlpJson(origin).serializeRequest([span])).toString();
    expect(text).toContain('"startTimeUnixNano":"1767225600000123000"');
    expect(text).toContain('"endTimeUnixNano":"1767225601234567000"');
  });
});
