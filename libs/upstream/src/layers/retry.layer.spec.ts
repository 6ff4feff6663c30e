import { UpstreamError } from 'guichet/kernel';
import { layerContract, RecordingSink } from 'guichet/testing';
import { endpointsOf, exampleCall, layerParts, LayerRig } from '../../test/layer-rig.js';
import { Attempt } from '../attempt.js';
import type { Step } from '../layer.js';
import { UpstreamEvents } from '../upstream-events.js';
import type { UpstreamOptions } from '../upstream-options.js';
import { RetryLayer } from './retry.layer.js';

const refused = new UpstreamError('upstream-refused', 'example', 'refused');
const lost = new UpstreamError('upstream-reset', 'example', 'reset');
const late = new UpstreamError('upstream-timeout', 'example', 'late');
const answered = (status: number, retryAfterMs?: number): UpstreamError =>
  new UpstreamError('upstream-status', 'example', `answered ${status}`, { status, retryAfterMs });

layerContract('RetryLayer', () => {
  const parts = layerParts();
  return { layer: new RetryLayer(parts), held: () => parts.wheel.size };
});

describe('RetryLayer', () => {
  class Told extends UpstreamEvents {
    readonly events: unknown[] = [];
    attemptStarted(): void {}
    attemptEnded(): void {}
    override retried(attempt: Attempt, error: unknown, delayMs: number): void {
      this.events.push(['retried', attempt.number, error, delayMs]);
    }
    override retryRefused(attempt: Attempt): void {
      this.events.push(['refused', attempt.number]);
    }
  }

  function rig(options: UpstreamOptions = {}, overrides: Parameters<typeof layerParts>[1] = {}) {
    const events = new Told();
    const parts = layerParts({ retryBudgetMin: 100, ...options }, { events, ...overrides });
    const made = new LayerRig(new RetryLayer(parts), parts);
    const enter = (request = exampleCall()) => made.enter(request);
    return { enter, started: made.started, parts, events };
  }

  it.each([refused, lost, late, answered(502), answered(503), answered(504)])(
    'tries a GET again on another instance: %s',
    error => {
      const { enter, started, parts, events } = rig();
      const { outside } = enter();
      started[0]!.sink.fail(error);
      expect(started).toHaveLength(1);
      parts.clock.advance(100);
      expect(started[1]!.attempt).toMatchObject({ number: 2, avoided: parts.endpoints.list[0] });
      started[1]!.sink.succeed('second');
      expect(outside.outcomes).toEqual([{ value: 'second' }]);
      expect(events.events).toEqual([['retried', 1, error, 12.5]]);
      expect(parts.wheel.size).toBe(0);
    },
  );

  it.each([
    answered(500),
    answered(501),
    answered(404),
    answered(429),
    new UpstreamError('upstream-malformed', 'example', 'no JSON'),
    new UpstreamError('upstream-too-large', 'example', 'large'),
    new UpstreamError('deadline-exceeded', 'example', 'over'),
    new UpstreamError('circuit-open', 'example', 'open'),
    new UpstreamError('no-instances', 'example', 'none'),
    new TypeError('a bug'),
  ])('does not repeat what would fail again: %s', error => {
    const { enter, started, parts } = rig();
    const { outside } = enter();
    started[0]!.sink.fail(error);
    expect(outside.outcomes).toEqual([{ error }]);
    parts.clock.advance(1_000);
    expect(started).toHaveLength(1);
  });

  it('does not repeat what was lost after its answer had begun', () => {
    const { enter, started } = rig();
    const { outside } = enter();
    started[0]!.attempt.isAnswered = true;
    started[0]!.sink.fail(lost);
    expect(outside.outcomes).toEqual([{ error: lost }]);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const)(
    'repeats a %s only by its idempotency key',
    method => {
      const { enter, started, parts } = rig();
      const plain = enter(exampleCall({ method }));
      started[0]!.sink.fail(refused);
      expect(plain.outside.outcomes).toEqual([{ error: refused }]);
      enter(exampleCall({ method, idempotencyKey: 'key' }));
      started[1]!.sink.fail(lost);
      parts.clock.advance(100);
      expect(started[2]!.attempt.number).toBe(2);
    },
  );

  it('needs another instance', () => {
    const { enter, started } = rig({}, { ports: [1] });
    const { outside } = enter();
    started[0]!.sink.fail(refused);
    expect(outside.outcomes).toEqual([{ error: refused }]);
  });

  it('tries as often as the call says, and then tells the last failure', () => {
    const { enter, started, parts } = rig();
    const { outside } = enter(exampleCall({ maxRetries: 2 }));
    started[0]!.sink.fail(refused);
    parts.clock.advance(100);
    started[1]!.attempt.endpoint = parts.endpoints.list[1];
    started[1]!.sink.fail(late);
    parts.clock.advance(100);
    expect(started[2]!.attempt).toMatchObject({ number: 3, avoided: parts.endpoints.list[1] });
    started[2]!.sink.fail(lost);
    expect(outside.outcomes).toEqual([{ error: lost }]);
    expect(started).toHaveLength(3);

    const never = enter(exampleCall({ maxRetries: 0 }));
    started[3]!.sink.fail(refused);
    expect(never.outside.outcomes).toEqual([{ error: refused }]);
  });

  it('waits a random while, and no less than the upstream asks', () => {
    const { enter, started, parts } = rig({}, { random: () => 0.8 });
    enter();
    started[0]!.sink.fail(refused);
    parts.clock.advance(19);
    expect(started).toHaveLength(1);
    parts.clock.advance(10);
    expect(started).toHaveLength(2);
    enter();
    started[2]!.sink.fail(answered(503, 2_000));
    parts.clock.advance(2_019);
    expect(started).toHaveLength(3);
    parts.clock.advance(10);
    expect(started).toHaveLength(4);
  });

  it('does not wait for what cannot be there by the deadline', () => {
    const { enter, started, parts } = rig();
    for (let i = 0; i < 30; i++) parts.latency.observe(40, 1_000);
    const { outside } = enter(exampleCall({}, 30));
    started[0]!.sink.fail(refused);
    expect(outside.outcomes).toEqual([{ error: refused }]);
    const asked = enter(exampleCall({}, 1_000));
    started[1]!.sink.fail(answered(503, 2_000));
    expect(asked.outside.outcomes).toHaveLength(1);
  });

  it('keeps within a tenth of the calls in any ten seconds while all fail', () => {
    const { enter, started, parts } = rig({ retryBudgetMin: 1 });
    let calls = 0;
    const inWindow: { at: number; calls: number; attempts: number }[] = [];
    for (let second = 0; second < 60; second++) {
      for (let i = 0; i < 100; i++) {
        const before = started.length;
        enter(exampleCall({}, 100_000));
        calls++;
        started[before]!.sink.fail(answered(503));
        parts.clock.advance(10);
      }
      inWindow.push({ at: second, calls, attempts: started.length });
    }
    for (let end = 10; end < 60; end++) {
      const [from, to] = [inWindow[end - 10]!, inWindow[end]!];
      expect((to.attempts - from.attempts) / (to.calls - from.calls)).toBeLessThanOrEqual(1.1);
    }
    expect(started.length).toBeGreaterThan(calls * 1.05);
  });

  it('does not multiply along a chain: a tenth more at the far end of two links', () => {
    const near = layerParts({ retryBudgetMin: 1 });
    const far = { ...layerParts({ retryBudgetMin: 1 }), clock: near.clock, wheel: near.wheel };
    let attempts = 0;
    const failing: Step = {
      start(_, sink) {
        attempts++;
        sink.fail(answered(503));
        return { cancel() {} };
      },
    };
    const farStep = new RetryLayer(far).wrap(failing);
    // The far BFF makes one call for each request it gets, and knows of it what the wire says.
    const link: Step = {
      start(attempt, sink) {
        const request = exampleCall({}, 1e6);
        request.context.request.isRepetition = attempt.number > 1;
        const own = new Attempt(request);
        own.calledAt = near.clock.now();
        return farStep.start(own, sink);
      },
    };
    const nearStep = new RetryLayer(near).wrap(link);
    const seen: number[] = [];
    for (let second = 0; second < 40; second++) {
      for (let i = 0; i < 100; i++) {
        const first = new Attempt(exampleCall({}, 1e6));
        first.calledAt = near.clock.now();
        nearStep.start(first, new RecordingSink());
        near.clock.advance(10);
      }
      seen.push(attempts);
    }
    for (let end = 10; end < 40; end++) expect((seen[end]! - seen[end - 10]!) / 1_000).toBeLessThanOrEqual(1.1);
    expect(attempts / 4_000).toBeGreaterThan(1.05);
  });

  it('counts what its caller repeats as spent, and does not repeat that itself', () => {
    const { enter, started, parts, events } = rig({ retryBudgetMin: 2, retryBudgetRatio: 0 });
    const request = exampleCall();
    request.context.request.isRepetition = true;
    const repeated = enter(request);
    started[0]!.sink.fail(refused);
    expect(repeated.outside.outcomes).toEqual([{ error: refused }]);
    enter();
    started[1]!.sink.fail(refused);
    parts.clock.advance(100);
    started[2]!.sink.succeed('second');
    // Two are allowed: one was the caller's, one was made.
    const { outside } = enter();
    started[3]!.sink.fail(refused);
    expect(outside.outcomes).toEqual([{ error: refused }]);
    expect(events.events.at(-1)).toEqual(['refused', 1]);
  });

  it('tells why it tried again when the second attempt was not let out', () => {
    const { enter, started, parts } = rig();
    const { outside } = enter();
    started[0]!.sink.fail(late);
    parts.clock.advance(100);
    started[1]!.sink.fail(new UpstreamError('circuit-open', 'example', 'open'));
    expect(outside.outcomes).toEqual([{ error: late }]);
  });

  it('sends nothing after a cancel, be it while it waits or while the second is out', () => {
    const { enter, started, parts } = rig();
    const waiting = enter();
    started[0]!.sink.fail(refused);
    waiting.handle.cancel();
    parts.clock.advance(100);
    expect(started).toHaveLength(1);
    expect(parts.wheel.size).toBe(0);
    const out = enter();
    started[1]!.sink.fail(refused);
    parts.clock.advance(100);
    out.handle.cancel();
    expect(started[2]!.isCancelled).toBe(true);
    expect([...waiting.outside.outcomes, ...out.outside.outcomes]).toEqual([]);
  });

  it('follows options that change while it runs', () => {
    const { enter, started, parts } = rig({ retryBudgetMin: 1, retryBudgetRatio: 0 });
    const retries = (): number => {
      const before = started.length;
      enter();
      started[before]!.sink.fail(refused);
      parts.clock.advance(100);
      return started.length - before - 1;
    };
    expect([retries(), retries()]).toEqual([1, 0]);
    parts.set({ retryBudgetMin: 2, retryBudgetRatio: 0 });
    expect([retries(), retries()]).toEqual([1, 0]);
  });

  it('counts instances as they are when the attempt fails', () => {
    const { enter, started, parts } = rig({}, { ports: [1] });
    const { outside } = enter();
    parts.endpoints.update({
      service: 'example',
      instances: endpointsOf(1, 2).list.map(({ instance }) => instance),
      state: 'fresh',
      confirmedAt: 0,
    });
    started[0]!.sink.fail(refused);
    parts.clock.advance(100);
    expect(started).toHaveLength(2);
    expect(outside.outcomes).toEqual([]);
  });
});
