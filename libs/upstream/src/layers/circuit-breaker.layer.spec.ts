import { UpstreamError } from 'guichet/kernel';
import { layerContract } from 'guichet/testing';
import { exampleCall, exampleInstance, layerParts, LayerRig } from '../../test/layer-rig.js';
import { UpstreamEvents } from '../upstream-events.js';
import type { UpstreamOptions } from '../upstream-options.js';
import { CircuitBreakerLayer } from './circuit-breaker.layer.js';

const late = new UpstreamError('upstream-timeout', 'example', 'late');
const answered = (status: number): UpstreamError =>
  new UpstreamError('upstream-status', 'example', `answered ${status}`, { status });

layerContract('CircuitBreakerLayer', () => ({ layer: new CircuitBreakerLayer(layerParts()), held: () => 0 }));

describe('CircuitBreakerLayer', () => {
  class Told extends UpstreamEvents {
    readonly events: unknown[] = [];
    attemptStarted(): void {}
    attemptEnded(): void {}
    override breakerChanged(upstream: string, state: string): void {
      this.events.push([upstream, state]);
    }
    override rejected(_request: unknown, reason: string): void {
      this.events.push(reason);
    }
  }

  function rig(options: UpstreamOptions = {}) {
    const events = new Told();
    const parts = layerParts(options, { events });
    const made = new LayerRig(new CircuitBreakerLayer(parts), parts);
    const once = (end: (sink: (typeof made.started)[number]['sink']) => void, request = exampleCall()) => {
      const before = made.started.length;
      const entered = made.enter(request);
      if (made.started.length > before) end(made.started[before]!.sink);
      return entered;
    };
    const fail = (times: number, error: unknown = late): void => {
      for (let i = 0; i < times; i++) once(sink => sink.fail(error));
    };
    const succeed = (times: number): void => {
      for (let i = 0; i < times; i++) once(sink => sink.succeed('value'));
    };
    return { made, parts, events: events.events, once, fail, succeed, state: () => made.layer.state.kind };
  }

  it('opens at half of at least twenty attempts in ten seconds, and refuses at once', () => {
    const { made, events, fail, succeed, once, state } = rig();
    succeed(10);
    fail(9);
    expect(state()).toBe('closed');
    fail(1);
    expect(state()).toBe('open');
    const before = made.started.length;
    const { outside } = once(() => {});
    expect(made.started).toHaveLength(before);
    expect(outside.outcomes).toMatchObject([
      { error: { code: 'circuit-open', upstream: 'example', retryAfterMs: 5_000 } },
    ]);
    expect(events).toEqual([['example', 'open'], 'circuit-open']);
  });

  it('stays closed below twenty attempts, and forgets what is over ten seconds old', () => {
    const { parts, fail, state } = rig();
    fail(19);
    parts.clock.advance(11_000);
    fail(19);
    expect(state()).toBe('closed');
  });

  it('lets three through after five seconds, and closes when all succeed', () => {
    const { made, parts, events, fail, state } = rig();
    fail(20);
    parts.clock.advance(5_000);
    const before = made.started.length;
    for (let i = 0; i < 5; i++) made.enter();
    expect(made.started).toHaveLength(before + 3);
    for (const { sink } of made.started.slice(before)) sink.succeed('well');
    expect(state()).toBe('closed');
    expect(events.filter(Array.isArray)).toEqual([
      ['example', 'open'],
      ['example', 'half-open'],
      ['example', 'closed'],
    ]);
  });

  it('opens for longer when most probes fail', () => {
    const { made, parts, fail, state, once } = rig();
    fail(20);
    parts.clock.advance(5_000);
    fail(2);
    expect(state()).toBe('open');
    parts.clock.advance(9_999);
    once(() => {});
    expect(made.started).toHaveLength(22);
    parts.clock.advance(1);
    once(() => {});
    expect(made.started).toHaveLength(23);
  });

  it('tries at once when there is an instance that was not there before', () => {
    const { made, parts, fail, succeed, state, once } = rig();
    const snapshot = (...ports: number[]) =>
      parts.endpoints.update({
        service: 'example',
        instances: ports.map(port => exampleInstance(port)),
        state: 'fresh',
        confirmedAt: 0,
      });
    snapshot(1, 2);
    fail(20);
    snapshot(2);
    once(() => {});
    expect(made.started).toHaveLength(20);
    snapshot(2, 3);
    succeed(2);
    expect(state()).toBe('closed');
  });

  it('probes with no call that must not be repeated', () => {
    const { made, parts, fail, once } = rig();
    fail(20);
    parts.clock.advance(5_000);
    const post = once(() => {}, exampleCall({ method: 'POST' }));
    expect(post.outside.outcomes).toMatchObject([{ error: { code: 'circuit-open' } }]);
    once(() => {}, exampleCall({ method: 'POST', idempotencyKey: 'key' }));
    expect(made.started).toHaveLength(21);
  });

  it('frees the place of a probe that was cancelled', () => {
    const { made, parts, fail } = rig({ breakerProbes: 1 });
    fail(20);
    parts.clock.advance(5_000);
    const probe = made.enter();
    probe.request.context.request.depart();
    probe.handle.cancel();
    made.enter();
    expect(made.started).toHaveLength(22);
  });

  it.each([
    ['a reset', new UpstreamError('upstream-reset', 'example', '')],
    ['a refused connection', new UpstreamError('upstream-refused', 'example', '')],
    ['an unreadable answer', new UpstreamError('upstream-malformed', 'example', '')],
    ['a 500', answered(500)],
    ['a 503', answered(503)],
  ])('takes %s as a failure', (_, error) => {
    const { fail, state } = rig();
    fail(20, error);
    expect(state()).toBe('open');
  });

  it.each([
    ['a 404', answered(404)],
    ['a 429', answered(429)],
    ['a lack of instances', new UpstreamError('no-instances', 'example', '')],
    ['a deadline that was over', new UpstreamError('deadline-exceeded', 'example', '')],
    ['a bug', new TypeError()],
  ])('does not take %s as one', (_, error) => {
    const { fail, state } = rig();
    fail(40, error);
    expect(state()).toBe('closed');
  });

  describe('on an attempt that was given up', () => {
    function givenUp(afterMs: number, change: (entered: ReturnType<ReturnType<typeof rig>['made']['enter']>) => void) {
      const { made, parts, state } = rig();
      for (let i = 0; i < 100; i++) parts.latency.observe(10, 1_000);
      for (let i = 0; i < 20; i++) {
        const entered = made.enter();
        parts.clock.advance(afterMs);
        change(entered);
        entered.handle.cancel();
      }
      return state();
    }

    it('says failure when it had run for more than three medians', () => {
      expect(givenUp(40, () => {})).toBe('open');
      expect(givenUp(20, () => {})).toBe('closed');
    });

    it('says nothing when the client went away', () => {
      expect(givenUp(40, ({ request }) => request.context.request.depart())).toBe('closed');
    });

    it('says nothing when a hedge outran it', () => {
      expect(givenUp(40, ({ attempt }) => (attempt.isOutrun = true))).toBe('closed');
    });
  });

  it('knows how long answers take, and does not learn from failures', () => {
    const { made, parts } = rig();
    made.enter();
    parts.clock.advance(40);
    made.started[0]!.sink.succeed('value');
    made.enter();
    parts.clock.advance(1_000);
    made.started[1]!.sink.fail(late);
    expect(parts.latency.medianMs(parts.clock.now())).toBeCloseTo(42, -1);
  });

  it('can be switched off and changed while it runs', () => {
    const { parts, fail, succeed, state, made } = rig({ breaker: false });
    fail(40);
    expect(state()).toBe('closed');
    parts.set({ breaker: true, breakerMinCalls: 2 });
    fail(2);
    expect(state()).toBe('open');
    parts.set({ breaker: false, breakerMinCalls: 2 });
    const before = made.started.length;
    succeed(1);
    expect(made.started).toHaveLength(before + 1);
  });
});
