import { SpanCounts } from '../span-counts.js';
import { SpanBatch } from './span-batch.js';
import { type BatchExporter, type ExportEnd, SpanQueue } from './span-queue.js';

function rig(maxQueuedSpans = 1_000, scheduleDelayMs = 60_000) {
  const exports: { count: number; text: string; done: (end: ExportEnd) => void }[] = [];
  const said: string[] = [];
  let hasShutDown = false;
  let batches = 0;
  const exporter: BatchExporter = {
    export: (batch, done) => {
      exports.push({ count: batch.count, text: Buffer.from(batch.finish()).toString(), done });
    },
    shutdown: () => {
      hasShutDown = true;
      return Promise.resolve();
    },
  };
  const counts = new SpanCounts();
  const say = (message: string) => void said.push(message);
  const newBatch = () => {
    batches++;
    return new SpanBatch('[', ']');
  };
  const queue = new SpanQueue(newBatch, exporter, counts, { warn: say, log: say }, { maxQueuedSpans, scheduleDelayMs });
  const add = (count: number) => queue.add(Array(count).fill('1').join(','), count);
  const lost = () => [counts.dropped['queue-full'].value, counts.dropped['not-taken'].value];
  return { queue, add, exports, said, counts, lost, hasShutDown: () => hasShutDown, batches: () => batches };
}

const counted = (exports: readonly { count: number }[]) => exports.map(({ count }) => count);

describe('SpanQueue', () => {
  it('sends a batch when it is full, or when its time has come', async () => {
    const { add, exports, counts } = rig(2_000, 20);
    add(511);
    expect(exports).toHaveLength(0);
    add(2);
    expect(counted(exports)).toEqual([513]);
    expect(JSON.parse(exports[0]!.text)).toHaveLength(513);
    add(3);
    await new Promise(resolve => setTimeout(resolve, 200));
    expect(counted(exports)).toEqual([513, 3]);
    exports[1]!.done({ code: 0 });
    expect(counts.exported.value).toBe(3);
  });

  it('has four batches under way, and sends the next when one is taken', () => {
    const { add, exports } = rig(2_000);
    for (let batch = 0; batch < 6; batch++) add(600);
    expect(exports).toHaveLength(4);
    exports[2]!.done({ code: 0 });
    expect(exports).toHaveLength(5);
  });

  it('uses the memory of a batch again that was sent', () => {
    const { add, exports, batches } = rig(2_000);
    for (let batch = 0; batch < 5; batch++) {
      add(600);
      exports[batch]!.done({ code: 0 });
      expect(JSON.parse(exports[batch]!.text)).toHaveLength(600);
    }
    expect(batches()).toBe(1);
    add(600);
    exports[5]!.done({ code: 1 });
    add(600);
    expect(batches()).toBe(2);
  });

  it('takes a trace whole or not at all, and counts what it does not', () => {
    const { add, exports, said, lost } = rig(1_000);
    for (let batch = 0; batch < 4; batch++) add(600);
    add(999);
    expect(lost()).toEqual([0, 0]);
    add(2);
    add(2);
    add(1);
    expect(lost()).toEqual([4, 0]);
    expect(exports).toHaveLength(4);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('too many wait');
  });

  it('counts what the collector does not take, and says so once, and when it does again', () => {
    const { add, exports, said, counts, lost } = rig(2_000);
    for (let batch = 0; batch < 3; batch++) add(512);
    const error = Object.assign(new Error('Unauthorized, planted: token'), { code: 401 });
    exports[0]!.done({ code: 1, error });
    exports[1]!.done({ code: 1, error });
    expect(lost()).toEqual([0, 1_024]);
    expect(said).toEqual([expect.stringContaining('HTTP 401')]);
    expect(said.join('')).not.toContain('planted');
    exports[2]!.done({ code: 0 });
    expect(counts.exported.value).toBe(512);
    expect(said[1]).toBe('the collector takes traces again');
  });

  it('does not tell again of what had begun before the collector was back', () => {
    const { add, exports, said, lost } = rig(5_000);
    for (let batch = 0; batch < 3; batch++) add(512);
    exports[0]!.done({ code: 1 });
    exports[2]!.done({ code: 0 });
    exports[1]!.done({ code: 1 });
    expect(said).toHaveLength(2);
    add(512);
    exports[3]!.done({ code: 1 });
    expect(said).toHaveLength(3);
    expect(lost()).toEqual([0, 3 * 512]);
  });

  it('sends what is left when it ends', async () => {
    const { queue, add, exports, hasShutDown } = rig();
    add(3);
    const ended = queue.end();
    expect(counted(exports)).toEqual([3]);
    expect(hasShutDown()).toBe(false);
    exports[0]!.done({ code: 0 });
    await ended;
    expect(hasShutDown()).toBe(true);
  });

  it('ends all the same when nobody takes them: at once when they are refused, within two seconds when nothing is said', async () => {
    const refused = rig();
    refused.add(3);
    const ended = refused.queue.end();
    refused.exports[0]!.done({ code: 1 });
    await ended;
    expect(refused.lost()).toEqual([0, 3]);

    const silent = rig(5_000);
    for (let batch = 0; batch < 5; batch++) silent.add(600);
    const began = performance.now();
    await silent.queue.end();
    expect(performance.now() - began).toBeGreaterThan(1_900);
    expect(silent.exports).toHaveLength(4);
    expect(silent.lost()).toEqual([0, 600]);
  });
});
