import { TimerWheel, UpstreamError } from 'guichet/kernel';
import { exampleRequest, layerContract, ManualClock, ManualStep, RecordingSink } from 'guichet/testing';
import { layerParts } from '../../test/layer-rig.js';
import { Attempt } from '../attempt.js';
import { AttemptTimeoutLayer } from './attempt-timeout.layer.js';
import { EventsLayer } from './events.layer.js';
import { InstancePickLayer } from './instance-pick.layer.js';

layerContract('InstancePickLayer', () => {
  const parts = layerParts();
  const { endpoints } = parts;
  return {
    layer: new InstancePickLayer(parts),
    held: () => endpoints.list.reduce((sum, endpoint) => sum + endpoint.outstanding, 0),
  };
});

layerContract('AttemptTimeoutLayer', () => {
  const clock = new ManualClock();
  const wheel = new TimerWheel(clock);
  return { layer: new AttemptTimeoutLayer(wheel, clock), held: () => wheel.size };
});

layerContract('EventsLayer', () => {
  let open = 0;
  const events = { attemptStarted: () => open++, attemptEnded: () => open-- };
  return { layer: new EventsLayer(events as never, new ManualClock()), held: () => open };
});

describe('InstancePickLayer', () => {
  it('fails at once without an instance', () => {
    const outside = new RecordingSink();
    const inside = new ManualStep();
    new InstancePickLayer(layerParts({}, { ports: [] })).wrap(inside).start(new Attempt(exampleRequest()), outside);
    expect(outside.outcomes).toMatchObject([{ error: { code: 'no-instances', upstream: 'example' } }]);
    expect(inside.started).toEqual([]);
  });

  it('counts what is under way, and goes where less is', () => {
    const parts = layerParts({}, { random: Math.random });
    const { endpoints } = parts;
    const inside = new ManualStep();
    const step = new InstancePickLayer(parts).wrap(inside);
    for (let i = 0; i < 10; i++) step.start(new Attempt(exampleRequest()), new RecordingSink());
    expect(endpoints.list.map(endpoint => endpoint.outstanding)).toEqual([5, 5]);
  });

  it('avoids the instance an attempt comes from', () => {
    const parts = layerParts();
    const { endpoints } = parts;
    const [first, second] = endpoints.list;
    second!.outstanding = 100;
    const attempt = new Attempt(exampleRequest(), 2, first);
    new InstancePickLayer(parts).wrap(new ManualStep()).start(attempt, new RecordingSink());
    expect(attempt.endpoint).toBe(second);
  });
});

describe('AttemptTimeoutLayer', () => {
  function enter(timeoutMs: number, deadlineAt: number) {
    const clock = new ManualClock(1_000);
    const wheel = new TimerWheel(clock);
    const inside = new ManualStep();
    const outside = new RecordingSink();
    const request = exampleRequest({ timeoutMs, context: { ...exampleRequest().context, deadlineAt } });
    const attempt = new Attempt(request);
    new AttemptTimeoutLayer(wheel, clock).wrap(inside).start(attempt, outside);
    return { clock, inside, outside, attempt, wheel };
  }

  it('ends an attempt that had its full timeout as upstream-timeout', () => {
    const { clock, inside, outside, attempt, wheel } = enter(100, 5_000);
    expect(attempt.allowedMs).toBe(100);
    clock.advance(99);
    expect(outside.outcomes).toEqual([]);
    clock.advance(10);
    expect(outside.outcomes).toMatchObject([{ error: { code: 'upstream-timeout' } }]);
    expect(inside.started[0]!.isCancelled).toBe(true);
    expect(wheel.size).toBe(0);
  });

  it('ends an attempt that was cut short as deadline-exceeded', () => {
    const { clock, inside, outside, attempt } = enter(100, 1_040);
    expect(attempt.allowedMs).toBe(40);
    clock.advance(50);
    expect(outside.outcomes).toMatchObject([{ error: { code: 'deadline-exceeded' } }]);
    expect(inside.started[0]!.isCancelled).toBe(true);
  });

  it.each([1_000, 900, NaN])('starts nothing when the deadline is over (%p)', deadlineAt => {
    const { inside, outside } = enter(100, deadlineAt);
    expect(outside.outcomes).toMatchObject([{ error: { code: 'deadline-exceeded' } }]);
    expect(inside.started).toEqual([]);
  });
});

const refused = new UpstreamError('upstream-refused', 'example', 'refused');

describe('EventsLayer', () => {
  it('tells of start and end, how long it took and how it ended', () => {
    const clock = new ManualClock();
    const told: unknown[] = [];
    const events = {
      attemptStarted: (attempt: Attempt) => told.push(['started', attempt.number]),
      attemptEnded: (attempt: Attempt, ...rest: unknown[]) => told.push(['ended', attempt.number, ...rest]),
    };
    const inside = new ManualStep();
    const step = new EventsLayer(events as never, clock).wrap(inside);
    step.start(new Attempt(exampleRequest()), new RecordingSink());
    clock.advance(30);
    inside.started[0]!.sink.fail(refused);
    step.start(new Attempt(exampleRequest(), 2), new RecordingSink()).cancel();
    expect(told).toEqual([
      ['started', 1],
      ['ended', 1, 'failed', 30, refused],
      ['started', 2],
      ['ended', 2, 'cancelled', 0, undefined],
    ]);
  });
});
