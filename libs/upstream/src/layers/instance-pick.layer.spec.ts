import { UpstreamError } from 'guichet/kernel';
import { exampleCall, layerParts, LayerRig } from '../../test/layer-rig.js';
import type { Endpoint } from '../endpoint.js';
import { InstancePickLayer } from './instance-pick.layer.js';

/** Numbers in [0, 1) that are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const refused = () => new UpstreamError('upstream-refused', 'example', 'refused');

/** What an instance does with an attempt. */
type Behaviour = { readonly ms: number; readonly fails?: boolean };

function rigOf(ports: readonly number[], options = {}, random = seeded(7)) {
  const changes: string[] = [];
  const events = {
    instanceChanged: (_: string, { instance }: Endpoint, state: string) => changes.push(`${instance.port} ${state}`),
  };
  const parts = layerParts(options, { ports: [...ports], random, events: events as never });
  const rig = new LayerRig(new InstancePickLayer(parts), parts);
  /** Sends calls evenly, one at a time or as they overlap. @returns how many went to each port */
  const load = (calls: number, everyMs: number, behaviour: (port: number) => Behaviour): Map<number, number> => {
    const counts = new Map(ports.map(port => [port, 0]));
    const open: { endsAt: number; ms: number; fails: boolean; at: number }[] = [];
    const settle = () => {
      const now = parts.clock.now();
      for (let i = open.length - 1; i >= 0; i--) {
        const { endsAt, ms, fails, at } = open[i]!;
        if (endsAt > now) continue;
        open.splice(i, 1);
        const { sink } = rig.inside.started[at]!;
        if (fails) sink.fail(refused());
        else {
          // As the breaker's layer does around this one.
          parts.latency.observe(ms, now);
          sink.succeed({});
        }
      }
    };
    for (let n = 0; n < calls; n++) {
      const { attempt } = rig.enter(exampleCall({}, 1e9));
      const { port } = attempt.endpoint!.instance;
      counts.set(port, counts.get(port)! + 1);
      const { ms, fails = false } = behaviour(port);
      open.push({ endsAt: parts.clock.now() + ms, ms, fails, at: rig.inside.started.length - 1 });
      for (let passed = 0; passed < everyMs; passed++) {
        parts.clock.advance(1);
        settle();
      }
    }
    return counts;
  };
  return { rig, parts, changes, load };
}

describe('InstancePickLayer and instances', () => {
  it('shares evenly among equals', () => {
    const counts = rigOf([1, 2, 3]).load(3_000, 5, () => ({ ms: 10 }));
    for (const count of counts.values()) expect(count).toBeGreaterThan(850);
  });

  it('gives one that is ten times slower at most a fifth of its share', () => {
    const { load } = rigOf([1, 2, 3]);
    load(100, 5, port => ({ ms: port === 2 ? 200 : 20 }));
    const counts = load(2_000, 5, port => ({ ms: port === 2 ? 200 : 20 }));
    expect(counts.get(2)).toBeLessThan(2_000 / 3 / 5);
  });

  it('gives one that fails at once next to nothing, and leaves it out', () => {
    const { load, changes } = rigOf([1, 2, 3]);
    const sick = (port: number) => ({ ms: port === 2 ? 1 : 20, fails: port === 2 });
    load(400, 5, sick);
    expect(load(1_000, 5, sick).get(2)).toBeLessThan(50);
    load(4_000, 5, sick);
    expect(changes[0]).toBe('2 ejected');
  });

  it('tries one that was left out with one call every five seconds, and believes a good answer slowly', () => {
    const { load, changes, parts } = rigOf([1, 2, 3]);
    const { health } = parts.endpoints.list[1]!;
    while (health.state.kind === 'serving') load(100, 5, port => ({ ms: 20, fails: port === 2 }));
    const healed = load(1_200, 5, () => ({ ms: 20 }));
    expect(changes).toEqual(['2 ejected', '2 serving']);
    expect(healed.get(2)).toBeGreaterThan(1);
    expect(healed.get(2)).toBeLessThan(200);
    load(2_000, 5, () => ({ ms: 20 }));
    expect(load(1_000, 5, () => ({ ms: 20 })).get(2)).toBeGreaterThan(250);
  });

  it('never leaves out more than half: with all sick, all are called', () => {
    const { load, changes } = rigOf([1, 2, 3]);
    const counts = load(1_000, 5, () => ({ ms: 1, fails: true }));
    // One at a time: where it must make room for another, it is called again before that one is left out.
    const out = new Set<string>();
    for (const change of changes) {
      const [port, state] = change.split(' ') as [string, string];
      if (state === 'ejected') out.add(port);
      else out.delete(port);
      expect(out.size).toBeLessThanOrEqual(1);
    }
    expect(out.size).toBe(1);
    expect([...counts.values()].filter(count => count > 100).length).toBeGreaterThanOrEqual(2);
  });

  it('leaves nobody out where that is not wanted, also when it is said later', () => {
    const { load, changes, parts } = rigOf([1, 2, 3], { ejection: false });
    const sick = (port: number) => ({ ms: 20, fails: port === 2 });
    load(6_000, 5, sick);
    expect(changes).toEqual([]);
    parts.set({ ejection: true });
    load(6_000, 5, sick);
    expect(changes[0]).toBe('2 ejected');
  });

  /** Two instances of which the second never answers: what is called there ends as `end` says. */
  function silence(end: 'time' | 'departure'): string[] {
    const { rig, parts, changes } = rigOf([1, 2]);
    for (let n = 0; n < 400; n++) {
      const { handle, attempt } = rig.enter(exampleCall({ timeoutMs: 100 }, 1e9));
      const isSilent = attempt.endpoint!.instance.port === 2;
      parts.clock.advance(isSilent ? 100 : 50);
      if (isSilent && end === 'departure') (attempt.caller as { departed: boolean }).departed = true;
      if (isSilent) handle.cancel();
      else rig.inside.started.at(-1)!.sink.succeed({});
    }
    return changes;
  }

  it('blames an instance for silence', () => {
    expect(silence('time')[0]).toBe('2 ejected');
  });

  it('blames no instance for a client that went away', () => {
    expect(silence('departure')).toEqual([]);
  });

  it('tries an ailing instance with nothing that may not be repeated', () => {
    const { rig, parts, load } = rigOf([1, 2, 3]);
    const { health } = parts.endpoints.list[1]!;
    while (health.state.kind === 'serving') load(100, 5, port => ({ ms: 20, fails: port === 2 }));
    parts.clock.advance(6_000);
    for (let n = 0; n < 50; n++) {
      const { attempt, handle } = rig.enter(exampleCall({ method: 'POST' }, 1e9));
      expect(attempt.endpoint!.instance.port).not.toBe(2);
      handle.cancel();
    }
    expect(rig.enter(exampleCall({}, 1e9)).attempt.endpoint!.instance.port).toBe(2);
  });

  it('forgets an instance that has left, and calls a new one by its weight at once', () => {
    const { parts, load, rig } = rigOf([1, 2]);
    load(200, 5, () => ({ ms: 10 }));
    const instance = (port: number, weight: number) => ({
      ...parts.endpoints.list[0]!.instance,
      id: `i${port}`,
      port,
      weight,
    });
    parts.endpoints.update({
      service: 'example',
      instances: [instance(1, 1), instance(3, 3)],
      state: 'fresh',
      confirmedAt: 0,
    });
    const counts = new Map<number, number>();
    for (let n = 0; n < 400; n++) {
      const { attempt } = rig.enter(exampleCall({}, 1e9));
      const { port } = attempt.endpoint!.instance;
      counts.set(port, (counts.get(port) ?? 0) + 1);
    }
    expect(counts.get(2)).toBeUndefined();
    expect(counts.get(3)! / counts.get(1)!).toBeGreaterThan(2);
  });
});
