import { UpstreamError } from 'guichet/kernel';
import { layerContract } from 'guichet/testing';
import { exampleCall, layerParts, LayerRig } from '../../test/layer-rig.js';
import { UpstreamEvents } from '../upstream-events.js';
import type { UpstreamConfig, UpstreamOptions } from '../upstream-options.js';
import { BulkheadLayer } from './bulkhead.layer.js';

layerContract('BulkheadLayer', () => {
  const parts = layerParts();
  const layer = new BulkheadLayer(parts);
  return { layer, held: () => layer.bulkhead.active + layer.bulkhead.queued + parts.wheel.size };
});

layerContract('BulkheadLayer with an adaptive limit', () => {
  const layer = new BulkheadLayer(layerParts({ adaptiveLimit: true }));
  return { layer, held: () => layer.bulkhead.active + layer.bulkhead.queued };
});

describe('BulkheadLayer', () => {
  class Told extends UpstreamEvents {
    readonly events: string[] = [];
    attemptStarted(): void {}
    attemptEnded(): void {}
    override queued(): void {
      this.events.push('queued');
    }
    override rejected(_request: unknown, reason: string): void {
      this.events.push(reason);
    }
  }

  function rig(options: UpstreamOptions = {}) {
    const events = new Told();
    const parts = layerParts(options, { events });
    const made = new LayerRig(new BulkheadLayer(parts), parts);
    const enter = (leftMs?: number) => made.enter(exampleCall({}, leftMs));
    return { enter, started: made.started, bulkhead: made.layer.bulkhead, parts, events: events.events };
  }

  it('lets 64 calls in and 64 wait by default, and refuses the next at once', () => {
    const { enter, started, bulkhead, events } = rig();
    const all = Array.from({ length: 129 }, () => enter());
    expect([started.length, bulkhead.queued]).toEqual([64, 64]);
    expect(all[128]!.outside.outcomes).toMatchObject([{ error: { code: 'bulkhead-full', upstream: 'example' } }]);
    expect(events).toEqual([...Array<string>(64).fill('queued'), 'bulkhead-full']);
  });

  it('gives a place that was freed to who has waited longest', () => {
    const { enter, started, bulkhead, parts } = rig({ maxConcurrent: 1 });
    const [, second, third] = [enter(), enter(), enter()];
    started[0]!.sink.fail(new Error('whatever'));
    expect(started[1]!.attempt).toBe(second.attempt);
    started[1]!.sink.succeed('value');
    expect(second.outside.outcomes).toEqual([{ value: 'value' }]);
    expect(started[2]!.attempt).toBe(third.attempt);
    started[2]!.sink.succeed('value');
    expect([bulkhead.active, bulkhead.queued, parts.wheel.size]).toEqual([0, 0, 0]);
  });

  it('lets who waits go at its deadline, and starts it no more', () => {
    const { enter, started, bulkhead, parts } = rig({ maxConcurrent: 1 });
    enter();
    const waiting = enter(50);
    parts.clock.advance(60);
    expect(waiting.outside.outcomes).toMatchObject([{ error: { code: 'deadline-exceeded' } }]);
    expect(bulkhead.queued).toBe(0);
    started[0]!.sink.succeed('value');
    expect(started).toHaveLength(1);
    expect([bulkhead.active, parts.wheel.size]).toEqual([0, 0]);
  });

  it('lets who waits go with its caller', () => {
    const { enter, started, bulkhead, parts } = rig({ maxConcurrent: 1 });
    enter();
    const [gone, next] = [enter(), enter()];
    gone.handle.cancel();
    started[0]!.sink.succeed('value');
    expect(started.map(({ attempt }) => attempt)).toContain(next.attempt);
    expect(started).toHaveLength(2);
    next.handle.cancel();
    expect(started[1]!.isCancelled).toBe(true);
    expect([bulkhead.active, bulkhead.queued, parts.wheel.size]).toEqual([0, 0, 0]);
    expect(gone.outside.outcomes).toEqual([]);
  });

  it('follows options that change while it runs', () => {
    const { enter, started, bulkhead, parts } = rig({ maxConcurrent: 1, maxQueued: 2 });
    for (let i = 0; i < 3; i++) enter();
    parts.set({ maxConcurrent: 2, maxQueued: 1 });
    expect([started.length, bulkhead.queued]).toEqual([2, 1]);
    expect(enter().outside.outcomes).toMatchObject([{ error: { code: 'bulkhead-full' } }]);
    parts.set({ maxConcurrent: 1, maxQueued: 5 });
    started[0]!.sink.succeed('value');
    expect([bulkhead.active, bulkhead.queued]).toEqual([1, 1]);
  });

  describe('with an adaptive limit', () => {
    /** @returns how many places there are after a while at that latency */
    function placesAfter(
      seconds: number,
      latencyMs: (second: number) => number,
      error?: UpstreamError,
      change: UpstreamOptions = {},
    ) {
      const { enter, started, bulkhead, parts } = rig({ adaptiveLimit: true, maxConcurrent: 64, maxQueued: 0 });
      for (let at = 0; at < seconds * 1_000;) {
        const round = started.length;
        while (enter(1e6).outside.outcomes.length === 0);
        const ms = latencyMs(at / 1_000);
        parts.clock.advance(ms);
        at += ms;
        for (const { sink } of started.slice(round)) {
          if (error === undefined) sink.succeed('value');
          else sink.fail(error);
        }
      }
      if (Object.keys(change).length > 0)
        parts.settings.change({ ...parts.settings.config, ...(change as UpstreamConfig) });
      let places = 0;
      while (enter(1e6).outside.outcomes.length === 0) places++;
      expect(bulkhead.active).toBe(places);
      return places;
    }

    it('begins with 20 places and grows to the most while latency is steady', () => {
      expect(rig({ adaptiveLimit: true }).bulkhead.admit()).toBe(true);
      expect(placesAfter(0, () => 20)).toBe(20);
      expect(placesAfter(30, () => 20)).toBe(64);
    });

    it('shrinks when latency rises, and when calls are dropped', () => {
      const steady = placesAfter(10, () => 20);
      expect(placesAfter(20, second => (second < 10 ? 20 : 200))).toBeLessThan(steady / 2);
      const timedOut = new UpstreamError('upstream-timeout', 'example', '');
      expect(placesAfter(40, second => (second < 1 ? 20 : 300), timedOut)).toBe(4);
    });

    it('keeps what it has learnt while other options change, and begins anew with its own', () => {
      expect(placesAfter(30, () => 20, undefined, { timeoutMs: 90 })).toBe(64);
      expect(placesAfter(30, () => 20, undefined, { maxConcurrent: 63 })).toBe(20);
      expect(placesAfter(30, () => 20, undefined, { adaptiveLimit: false, maxConcurrent: 70 })).toBe(70);
    });

    it('learns nothing from calls that were never sent', () => {
      expect(placesAfter(10, () => 1, new UpstreamError('circuit-open', 'example', ''))).toBe(20);
    });
  });
});
