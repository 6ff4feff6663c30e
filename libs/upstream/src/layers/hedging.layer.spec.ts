import { UpstreamError } from 'guichet/kernel';
import { layerContract } from 'guichet/testing';
import { exampleCall, layerParts, LayerRig } from '../../test/layer-rig.js';
import type { Attempt } from '../attempt.js';
import type { Step } from '../layer.js';
import { UpstreamEvents } from '../upstream-events.js';
import type { UpstreamOptions } from '../upstream-options.js';
import type { UpstreamRequest } from '../upstream-request.js';
import { HedgingLayer } from './hedging.layer.js';

const lost = new UpstreamError('upstream-reset', 'example', 'reset');
const late = new UpstreamError('upstream-timeout', 'example', 'late');

layerContract('HedgingLayer', () => {
  const parts = layerParts();
  const layer = new HedgingLayer(parts);
  // A call that is not hedged passes it by.
  const wrap = (next: Step): Step => {
    const step = layer.wrap(next);
    return {
      start: (attempt, sink) => {
        Object.assign(attempt.request, { isHedged: true });
        return step.start(attempt, sink);
      },
    };
  };
  return { layer: { name: layer.name, wrap }, held: () => parts.wheel.size };
});

describe('HedgingLayer', () => {
  class Told extends UpstreamEvents {
    readonly hedges: number[] = [];
    attemptStarted(): void {}
    attemptEnded(): void {}
    override hedged(attempt: Attempt): void {
      this.hedges.push(attempt.number);
    }
  }

  function rig(options: UpstreamOptions = {}, ports = [1, 2]) {
    const events = new Told();
    const parts = layerParts({ retryBudgetMin: 100, ...options }, { events, ports });
    const made = new LayerRig(new HedgingLayer(parts), parts);
    const enter = (values: Partial<UpstreamRequest> = {}, leftMs = 1e6) =>
      made.enter(exampleCall({ isHedged: true, ...values }, leftMs));
    const learn = (calls = 200, latencyMs = 20): void => {
      for (let i = 0; i < calls; i++) {
        const { sink } = (enter(), made.started.at(-1)!);
        parts.clock.advance(latencyMs);
        sink.succeed('value');
      }
      made.started.length = 0;
      events.hedges.length = 0;
    };
    return { enter, learn, started: made.started, parts, hedges: events.hedges };
  }

  it('sends a second attempt elsewhere when the first takes longer than most, and takes its answer', () => {
    const { enter, learn, started, parts, hedges } = rig();
    learn();
    const { outside, attempt } = enter();
    parts.clock.advance(19);
    expect(started).toHaveLength(1);
    parts.clock.advance(15);
    expect(started).toHaveLength(2);
    expect(hedges).toEqual([2]);
    expect(started[1]!.attempt).toMatchObject({ number: 2, avoided: parts.endpoints.list[0], isOutrun: false });
    started[1]!.sink.succeed('second');
    expect(outside.outcomes).toEqual([{ value: 'second' }]);
    expect(started[0]!.isCancelled).toBe(true);
    expect(attempt.isOutrun).toBe(true);
    started[0]!.sink.succeed('late');
    expect(outside.outcomes).toHaveLength(1);
    expect(parts.wheel.size).toBe(0);
  });

  it('cancels the second when the first is faster after all', () => {
    const { enter, learn, started, parts } = rig();
    learn();
    const { outside, attempt } = enter();
    parts.clock.advance(40);
    started[0]!.sink.succeed('first');
    expect(outside.outcomes).toEqual([{ value: 'first' }]);
    expect(started[1]!.isCancelled).toBe(true);
    expect([attempt.isOutrun, started[1]!.attempt.isOutrun]).toEqual([false, true]);
  });

  it('waits for the other when one fails, and fails when both did', () => {
    const { enter, learn, started, parts } = rig();
    learn();
    const one = enter();
    parts.clock.advance(40);
    started[0]!.sink.fail(lost);
    expect(one.outside.outcomes).toEqual([]);
    started[1]!.sink.succeed('second');
    expect(one.outside.outcomes).toEqual([{ value: 'second' }]);
    const other = enter();
    parts.clock.advance(40);
    started[3]!.sink.fail(lost);
    expect(other.outside.outcomes).toEqual([]);
    started[2]!.sink.fail(late);
    expect(other.outside.outcomes).toEqual([{ error: late }]);
  });

  it('passes a failure on at once while no second attempt is out, and sends none then', () => {
    const { enter, learn, started, parts } = rig();
    learn();
    const { outside } = enter();
    started[0]!.sink.fail(lost);
    expect(outside.outcomes).toEqual([{ error: lost }]);
    parts.clock.advance(100);
    expect(started).toHaveLength(1);
  });

  it('lets both go on cancel', () => {
    const { enter, learn, started, parts } = rig();
    learn();
    const { handle, outside } = enter();
    parts.clock.advance(40);
    handle.cancel();
    started[1]!.sink.succeed('late');
    expect(started.map(({ isCancelled }) => isCancelled)).toEqual([true, true]);
    expect(outside.outcomes).toEqual([]);
  });

  it.each<[string, Partial<UpstreamRequest>]>([
    ['a call that did not ask for it', { isHedged: false }],
    ['a POST', { method: 'POST' }],
    ['a PUT with an idempotency key', { method: 'PUT', idempotencyKey: 'key' }],
  ])('does not hedge %s', (_, values) => {
    const { enter, learn, started, parts } = rig();
    learn();
    enter(values);
    parts.clock.advance(1_000);
    expect(started).toHaveLength(1);
  });

  it("does not hedge what is somebody's further attempt", () => {
    const { enter, learn, started, parts } = rig();
    learn();
    const request = exampleCall();
    request.context.request.isRepetition = true;
    enter({ context: request.context });
    parts.clock.advance(1_000);
    expect(started).toHaveLength(1);
  });

  it('does not hedge before a hundred latencies are known, without another instance, or with too little time', () => {
    const unknown = rig();
    unknown.learn(50);
    unknown.enter();
    unknown.parts.clock.advance(1_000);
    expect(unknown.started).toHaveLength(1);
    const alone = rig({}, [1]);
    alone.learn();
    alone.enter();
    alone.parts.clock.advance(1_000);
    expect(alone.started).toHaveLength(1);
    const hurried = rig();
    hurried.learn();
    for (let i = 0; i < 100; i++) hurried.parts.latency.observe(20, hurried.parts.clock.now());
    hurried.enter({}, hurried.parts.clock.now() - 1_000 + 30);
    hurried.parts.clock.advance(29);
    expect(hurried.started).toHaveLength(1);
  });

  it('sends at most a twentieth more, and none beyond the budget of further attempts', () => {
    const hedgesOf = (options: UpstreamOptions): number => {
      const { enter, learn, started, parts, hedges } = rig(options);
      learn();
      for (let i = 0; i < 400; i++) {
        if (parts.settings.config.retryBudgetRatio === 0.1) parts.retryBudget.called(parts.clock.now());
        const before = started.length;
        enter();
        parts.clock.advance(i % 5 === 0 ? 100 : 15);
        started[before]!.sink.succeed('value');
      }
      return hedges.length;
    };
    const within = hedgesOf({});
    expect(within).toBeGreaterThan(4);
    expect(within).toBeLessThanOrEqual(30);
    expect(hedgesOf({ retryBudgetMin: 2, retryBudgetRatio: 0 })).toBeLessThanOrEqual(4);
  });

  it('begins anew to learn when its options change', () => {
    const { enter, learn, started, parts } = rig();
    learn();
    parts.set({ hedgeQuantile: 0.9 });
    enter();
    parts.clock.advance(1_000);
    expect(started).toHaveLength(1);
  });
});
