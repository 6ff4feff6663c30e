import { layerContract } from 'guichet/testing';
import { exampleCall, layerParts, LayerRig } from '../../test/layer-rig.js';
import type { Attempt } from '../attempt.js';
import { UpstreamEvents } from '../upstream-events.js';
import type { UpstreamRequest } from '../upstream-request.js';
import { DeadlineLayer } from './deadline.layer.js';
import { SingleflightLayer } from './singleflight.layer.js';

layerContract('DeadlineLayer', () => {
  const parts = layerParts();
  return { layer: new DeadlineLayer(parts), held: () => parts.wheel.size };
});

describe('DeadlineLayer', () => {
  class Told extends UpstreamEvents {
    readonly rejections: string[] = [];
    attemptStarted(): void {}
    attemptEnded(): void {}
    override rejected(_attempt: Attempt, reason: string): void {
      this.rejections.push(reason);
    }
  }

  function rig() {
    const events = new Told();
    const parts = layerParts({}, { events });
    const made = new LayerRig(new DeadlineLayer(parts), parts);
    const enter = (leftMs: number, values: Partial<UpstreamRequest> = {}) => made.enter(exampleCall(values, leftMs));
    return { enter, started: made.started, parts, events };
  }

  it.each([0, -5, 0.5, NaN])('starts nothing with %p ms left', leftMs => {
    const { enter, started, events } = rig();
    const { outside } = enter(leftMs);
    expect(started).toEqual([]);
    expect(outside.outcomes).toMatchObject([{ error: { code: 'deadline-exceeded', upstream: 'example' } }]);
    expect(events.rejections).toEqual(['deadline-exceeded']);
  });

  it('starts nothing that has less than half of what the fastest answer of late took', () => {
    const { enter, started, parts } = rig();
    for (let i = 0; i < 20; i++) parts.latency.observe(40 + i, 1_000);
    expect(enter(19).outside.outcomes).toMatchObject([{ error: { code: 'deadline-exceeded' } }]);
    enter(21);
    expect(started).toHaveLength(1);
  });

  it('starts everything while too little is known, and again after ten seconds without an answer', () => {
    const { enter, started, parts } = rig();
    for (let i = 0; i < 19; i++) parts.latency.observe(40, 1_000);
    enter(2);
    expect(started).toHaveLength(1);
    parts.latency.observe(40, 1_000);
    enter(2);
    expect(started).toHaveLength(1);
    parts.clock.advance(10_000);
    enter(10_002);
    expect(started).toHaveLength(2);
  });

  it('tells a caller by its deadline, and lets go', () => {
    const { enter, started, parts } = rig();
    const { outside } = enter(50);
    parts.clock.advance(49);
    expect(outside.outcomes).toEqual([]);
    parts.clock.advance(10);
    expect(outside.outcomes).toMatchObject([{ error: { code: 'deadline-exceeded' } }]);
    expect(started[0]!.isCancelled).toBe(true);
  });

  it('has a timer only for calls that may outlive it', () => {
    const { enter, parts } = rig();
    enter(50, { method: 'POST' });
    enter(50, { identityKey: undefined });
    expect(parts.wheel.size).toBe(0);
    enter(50);
    expect(parts.wheel.size).toBe(1);
  });

  it('ends each of those who share at its own deadline', () => {
    const parts = layerParts();
    const made = new LayerRig(new SingleflightLayer(parts), parts);
    const inside = new LayerRig(
      { name: 'both', wrap: next => new DeadlineLayer(parts).wrap(made.layer.wrap(next)) },
      parts,
    );
    const [first, second, third] = [50, 200, 400].map(leftMs => inside.enter(exampleCall({}, leftMs)));
    expect(inside.started).toHaveLength(1);
    parts.clock.advance(60);
    expect(first!.outside.outcomes).toMatchObject([{ error: { code: 'deadline-exceeded' } }]);
    expect(inside.started[0]!.isCancelled).toBe(false);
    inside.started[0]!.sink.succeed('value');
    expect(second!.outside.outcomes).toEqual([{ value: 'value' }]);
    expect(third!.outside.outcomes).toEqual([{ value: 'value' }]);
    expect(first!.outside.outcomes).toHaveLength(1);
    expect(parts.wheel.size).toBe(0);
  });
});
