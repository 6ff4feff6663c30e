import { RequestContext, SectionTrace, UpstreamError } from 'guichet/kernel';
import { layerContract, ManualStep, RecordingSink } from 'guichet/testing';
import { exampleCall, layerParts, LayerRig } from '../../test/layer-rig.js';
import { Attempt } from '../attempt.js';
import { stack } from '../layer.js';
import { upstreamLayers } from '../stack.js';
import { TraceEvents } from '../trace/trace-events.js';
import { TraceLayer } from './trace.layer.js';

layerContract('TraceLayer', () => {
  const { clock } = layerParts();
  return { layer: new TraceLayer(clock), held: () => 0 };
});

function traced(request = new RequestContext('r', 0)) {
  const section = new SectionTrace('film');
  return { section, call: exampleCall({ context: { request, deadlineAt: 6_000, trace: section } }) };
}

describe('TraceLayer', () => {
  it('writes nothing of a call that nobody traces', () => {
    const parts = layerParts();
    const { attempt } = new LayerRig(new TraceLayer(parts.clock), parts).enter();
    expect(attempt.callTrace).toBeUndefined();
  });

  it('writes a call down in the section that makes it', () => {
    const parts = layerParts();
    const rig = new LayerRig(new TraceLayer(parts.clock), parts);
    const { section, call } = traced();
    rig.enter(call);
    parts.clock.advance(30);
    rig.started[0]!.sink.fail(new UpstreamError('upstream-reset', 'example', 'gone'));
    expect(section.calls).toMatchObject([
      {
        upstream: 'example',
        method: 'GET',
        startedAt: 1_000,
        endedAt: 1_030,
        outcome: 'failed',
        code: 'upstream-reset',
      },
    ]);
  });
});

describe('the trace of a whole stack', () => {
  function rig(options = {}) {
    const clock = layerParts().clock;
    const parts = layerParts(options, { events: new TraceEvents(clock, undefined), isTraced: true });
    const events = new TraceEvents(parts.clock, undefined);
    const transport = new ManualStep();
    const step = stack(upstreamLayers({ ...parts, events }), transport);
    const start = (call = traced().call) => step.start(new Attempt(call), new RecordingSink());
    return { parts, transport, start };
  }

  it('has each attempt, why it was made, where it went, and what came of it', () => {
    const { parts, transport, start } = rig({ singleflight: false });
    const { section, call } = traced();
    start({ ...call, maxRetries: 1 });
    parts.clock.advance(5);
    transport.started[0]!.sink.fail(new UpstreamError('upstream-reset', 'example', 'gone'));
    parts.clock.advance(500);
    const second = transport.started[1]!;
    second.attempt.status = 200;
    second.attempt.bytes = 12;
    second.sink.succeed('film');
    const [only] = section.calls;
    expect(only).toMatchObject({ outcome: 'succeeded' });
    expect(only!.attempts).toMatchObject([
      { number: 1, kind: 'first', outcome: 'failed', code: 'upstream-reset', startedAt: 1_000, endedAt: 1_005 },
      { number: 2, kind: 'retry', outcome: 'succeeded', status: 200, bytes: 12 },
    ]);
    expect(only!.attempts[0]!.instance).not.toBe(only!.attempts[1]!.instance);
  });

  it('says of a call that waits for another’s answer that it is shared', () => {
    const { transport, start } = rig();
    const [one, other] = [traced(), traced()];
    start({ ...one.call, isPublic: true });
    start({ ...other.call, isPublic: true });
    transport.started[0]!.sink.succeed('film');
    expect(one.section.calls).toMatchObject([{ isShared: false, outcome: 'succeeded', attempts: [{ number: 1 }] }]);
    expect(other.section.calls).toMatchObject([{ isShared: true, outcome: 'succeeded', attempts: [] }]);
  });

  it('gives every attempt of a sampled request a span of its own, of which its upstream hears', () => {
    const { transport, start } = rig({ singleflight: false });
    const request = new RequestContext('r', 0, `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`);
    request.sampled = {
      traceId: 'a'.repeat(32),
      spanId: 'c'.repeat(16),
      parentSpanId: 'b'.repeat(16),
      newSpanId: () => 'd'.repeat(16),
    };
    const { section, call } = traced(request);
    start(call);
    expect(section.calls[0]!.attempts[0]!.spanId).toBe('d'.repeat(16));
    expect(transport.started[0]!.attempt.traceparent).toBe(`00-${'a'.repeat(32)}-${'d'.repeat(16)}-01`);
  });
});
