import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { ManualClock } from 'guichet/testing';
import { SpanCounts } from '../span-counts.js';
import { ToldSpan } from './told-span.js';
import { TraceTime } from './trace-time.js';
import { SpanQueue } from './span-queue.js';

type Done = Parameters<SpanExporter['export']>[1];
const origin = { resource: resourceFromAttributes({}), instrumentationScope: { name: 'guichet' } };

class AnySpan extends ToldSpan {
  readonly name = 'GET';
  readonly kind = 1;
  readonly isError = false;
  readonly startedAt = 0;
  readonly endedAt = 1;
  tell(): void {}
}

const trace = { ...origin, traceId: 'a'.repeat(32), time: new TraceTime(new ManualClock()), until: 1 };
const span = new AnySpan(trace, 'b'.repeat(16), undefined);
const spans = (count: number) => Array.from({ length: count }, () => span);

const open: Done[] = [];

function rig(maxQueuedSpans = 1_000) {
  const exports: { spans: ReadableSpan[]; done: Done }[] = [];
  const said: string[] = [];
  let hasShutDown = false;
  const exporter: SpanExporter = {
    export: (sent, done) => {
      exports.push({ spans: sent, done });
      open.push(done);
    },
    shutdown: () => {
      hasShutDown = true;
      return Promise.resolve();
    },
  };
  const counts = new SpanCounts();
  const say = (message: string) => void said.push(message);
  const options = { maxQueuedSpans, scheduleDelayMs: 60_000, timeoutMs: 10_000 };
  const queue = new SpanQueue(exporter, counts, { warn: say, log: say }, options);
  const lost = () => [counts.dropped['queue-full'].value, counts.dropped['not-taken'].value];
  return { queue, exports, said, counts, lost, hasShutDown: () => hasShutDown };
}

/** The export goes on in later turns. */
const turn = () => new Promise(resolve => setImmediate(resolve));

// An export that nobody answers holds a timer.
afterEach(async () => {
  for (let done = open.shift(); done; done = open.shift()) {
    done({ code: 0 });
    await turn();
  }
});

describe('SpanQueue', () => {
  it('sends in batches, one at a time', async () => {
    const { queue, exports, counts } = rig(2_000);
    queue.add(spans(1_100));
    expect(exports.map(batch => batch.spans.length)).toEqual([512]);
    exports[0]!.done({ code: 0 });
    await turn();
    expect(exports.map(batch => batch.spans.length)).toEqual([512, 512]);
    expect(counts.exported.value).toBe(512);
  });

  it('takes a trace whole or not at all, and counts what it does not', () => {
    const { queue, exports, said, lost } = rig(1_000);
    queue.add(spans(512));
    queue.add(spans(999));
    expect(lost()).toEqual([0, 0]);
    queue.add(spans(2));
    queue.add(spans(2));
    queue.add(spans(1));
    expect(lost()).toEqual([4, 0]);
    expect(exports).toHaveLength(1);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('too many wait');
  });

  it('counts what the collector does not take, and says so once, and when it does again', async () => {
    const { queue, exports, said, counts, lost } = rig(2_000);
    queue.add(spans(1_600));
    const error = Object.assign(new Error('Unauthorized, planted: token'), { code: 401 });
    exports[0]!.done({ code: 1, error });
    await turn();
    exports[1]!.done({ code: 1, error });
    await turn();
    expect(lost()).toEqual([0, 1_024]);
    expect(said).toEqual([expect.stringContaining('HTTP 401')]);
    expect(said.join('')).not.toContain('planted');
    exports[2]!.done({ code: 0 });
    expect(counts.exported.value).toBe(512);
    expect(said[1]).toBe('the collector takes traces again');
  });

  it('has room again for as many as were sent', () => {
    const { queue, lost } = rig(512);
    queue.add(spans(511));
    queue.add(spans(2));
    expect(lost()).toEqual([2, 0]);
    queue.add(spans(1));
    queue.add(spans(512));
    expect(lost()).toEqual([2, 0]);
  });

  it('sends what is left when it ends', async () => {
    const { queue, exports, hasShutDown } = rig();
    queue.add(spans(3));
    const ended = queue.end();
    await turn();
    expect(exports.map(batch => batch.spans.length)).toEqual([3]);
    exports[0]!.done({ code: 0 });
    await ended;
    expect(hasShutDown()).toBe(true);
  });

  it('ends all the same when nobody takes them: at once when they are refused, within two seconds when nothing is said', async () => {
    const refused = rig();
    refused.queue.add(spans(3));
    const ended = refused.queue.end();
    await turn();
    refused.exports[0]!.done({ code: 1 });
    await ended;
    expect(refused.lost()).toEqual([0, 3]);

    const silent = rig();
    silent.queue.add(spans(3));
    const began = performance.now();
    await silent.queue.end();
    expect(performance.now() - began).toBeGreaterThan(1_900);
    expect(silent.exports).toHaveLength(1);
  });
});
