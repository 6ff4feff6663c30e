import { RequestContext, UpstreamError } from 'guichet/kernel';
import { layerContract } from 'guichet/testing';
import { exampleCall, layerParts, LayerRig } from '../../test/layer-rig.js';
import type { Attempt } from '../attempt.js';
import { UpstreamEvents } from '../upstream-events.js';
import type { UpstreamOptions } from '../upstream-options.js';
import type { UpstreamRequest } from '../upstream-request.js';
import { SingleflightLayer } from './singleflight.layer.js';

const failure = new UpstreamError('upstream-status', 'example', 'answered 500', { status: 500 });

layerContract('SingleflightLayer', () => {
  const layer = new SingleflightLayer(layerParts());
  return { layer, held: () => layer.size };
});

describe('SingleflightLayer', () => {
  function rig(options: UpstreamOptions = {}, events?: UpstreamEvents) {
    const parts = layerParts(options, { events });
    const made = new LayerRig(new SingleflightLayer(parts), parts);
    const enter = (values: Partial<UpstreamRequest> = {}, leftMs?: number) => made.enter(exampleCall(values, leftMs));
    return { enter, started: made.started, layer: made.layer, parts };
  }

  it('makes one call of a thousand that ask the same', () => {
    const { enter, started, layer } = rig();
    const all = Array.from({ length: 1_000 }, () => enter());
    expect(started).toHaveLength(1);
    started[0]!.sink.succeed('value');
    for (const { outside } of all) expect(outside.outcomes).toEqual([{ value: 'value' }]);
    expect(layer.size).toBe(0);
    enter();
    expect(started).toHaveLength(2);
  });

  const locale = (tag: string): Partial<UpstreamRequest> => {
    const request = new RequestContext('other', 0);
    request.locale = tag;
    return { context: { request, deadlineAt: 6_000 } };
  };
  const repetition = (): Partial<UpstreamRequest> => {
    const request = new RequestContext('other', 0);
    request.isRepetition = true;
    return { context: { request, deadlineAt: 6_000 } };
  };
  const schema = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } } as const;

  it.each<[string, Partial<UpstreamRequest>]>([
    ['URL', { target: '/things/2' }],
    ['identity', { identityKey: 'issuer/somebody' }],
    ['method', { method: 'HEAD' }],
    ['declared headers', { headers: ['x-tenant', 'a'] }],
    ['schema', { schema }],
    ['reader', { reader: { accept: '*/*', read: () => undefined } }],
    ['size limit', { maxBytes: 999 }],
    ['timeout', { timeoutMs: 999 }],
    ['retries', { maxRetries: 0 }],
    ['hedging', { isHedged: true }],
    ['being public', { isPublic: true }],
    ['body', { body: '{}' }],
    ['locale', locale('de')],
    ['being a further attempt', repetition()],
  ])('keeps calls apart by %s', (_, values) => {
    const { enter, started } = rig();
    enter();
    enter(values);
    expect(started).toHaveLength(2);
    enter();
    enter(values);
    expect(started).toHaveLength(2);
  });

  it('keeps headers of another value and two identities apart', () => {
    const { enter, started } = rig();
    for (const value of ['a', 'b']) enter({ headers: ['x-tenant', value] });
    for (const identityKey of ['issuer/ann', 'issuer/bob', '/things/1']) enter({ identityKey });
    enter();
    expect(started).toHaveLength(6);
  });

  it('lets equal headers, and a request of another id and deadline, share', () => {
    const { enter, started } = rig();
    enter({ headers: ['x-tenant', 'a'] });
    const context = { request: new RequestContext('another', 5, '00-trace'), deadlineAt: 9_000 };
    enter({ headers: ['x-tenant', 'a'], context });
    expect(started).toHaveLength(1);
  });

  it('tells safe calls with a body apart by its bytes, text or not', () => {
    const { enter, started, layer } = rig();
    const safe = { method: 'QUERY', isSafe: true };
    for (const identityKey of ['', 'issuer/ann']) {
      for (const body of ['{"id":1}', '{"id":2}', Buffer.from([8, 1]), Buffer.from([8, 2])]) {
        enter({ ...safe, identityKey, body });
        enter({ ...safe, identityKey, body: Buffer.isBuffer(body) ? Buffer.from(body) : body });
      }
    }
    expect(started).toHaveLength(8);
    for (const { sink } of started) sink.succeed('value');
    expect(layer.size).toBe(0);
  });

  it.each<Partial<UpstreamRequest>>([
    { method: 'POST' },
    { method: 'PUT', idempotencyKey: 'key' },
    { identityKey: undefined },
  ])('never shares %p', values => {
    const { enter, started, layer } = rig();
    enter(values);
    enter(values);
    expect(started).toHaveLength(2);
    expect(layer.size).toBe(0);
  });

  it('goes on for the others when the first leaves, and ends with the last', () => {
    const { enter, started, layer } = rig();
    const [first, second, third] = [enter(), enter(), enter()];
    first.handle.cancel();
    second.handle.cancel();
    expect(started[0]!.isCancelled).toBe(false);
    const fourth = enter();
    expect(started).toHaveLength(1);
    third.handle.cancel();
    fourth.handle.cancel();
    fourth.handle.cancel();
    expect(started[0]!.isCancelled).toBe(true);
    expect(layer.size).toBe(0);
    enter();
    expect(started).toHaveLength(2);
    started[0]!.sink.succeed('late');
    expect(first.outside.outcomes).toEqual([]);
    expect(layer.size).toBe(1);
  });

  it('gives the value to those who stay', () => {
    const { enter, started } = rig();
    const [first, second] = [enter(), enter()];
    first.handle.cancel();
    started[0]!.sink.succeed('value');
    expect([first.outside.outcomes, second.outside.outcomes]).toEqual([[], [{ value: 'value' }]]);
  });

  it('gives a failure to all', () => {
    const { enter, started } = rig();
    const both = [enter(), enter()];
    started[0]!.sink.fail(failure);
    for (const { outside } of both) expect(outside.outcomes).toEqual([{ error: failure }]);
  });

  it('tells all others when one of them throws', () => {
    const { enter, started } = rig();
    const all = [enter(), enter(), enter()];
    all[1]!.outside.succeed = () => {
      throw new TypeError('a bug');
    };
    expect(() => started[0]!.sink.succeed('value')).toThrow('a bug');
    expect([all[0]!.outside.outcomes, all[2]!.outside.outcomes]).toEqual([[{ value: 'value' }], [{ value: 'value' }]]);
  });

  it("runs under the upstream's own budget, not the first one's deadline", () => {
    const { enter, started } = rig();
    enter({ timeoutMs: 300 }, 20);
    expect(started[0]!.attempt.deadlineAt).toBe(1_000 + 600);
    const given = rig({ sharedBudgetMs: 450 });
    given.enter({ timeoutMs: 300 }, 20);
    expect(given.started[0]!.attempt.deadlineAt).toBe(1_450);
    expect(started[0]!.attempt.another('retry').deadlineAt).toBe(1_600);
  });

  it('is left by a client that went away only when the last who leaves did', () => {
    const leave = (departing: number): boolean => {
      const { enter, started } = rig();
      const both = [enter(), enter()];
      both[departing]!.request.context.request.depart();
      for (const { handle } of both) handle.cancel();
      expect(started[0]!.attempt.another('retry').isDeparted).toBe(started[0]!.attempt.isDeparted);
      return started[0]!.attempt.isDeparted;
    };
    expect([leave(0), leave(1)]).toEqual([false, true]);
  });

  it('makes calls alone beyond a thousand', () => {
    const { enter, started, layer } = rig();
    for (let id = 0; id < 1_000; id++) enter({ target: `/things/${id}` });
    enter({ target: '/one-more' });
    enter({ target: '/one-more' });
    expect([layer.size, started.length]).toEqual([1_000, 1_002]);
    enter({ target: '/things/7' });
    expect(started).toHaveLength(1_002);
    for (const { sink } of started) sink.succeed('value');
    expect(layer.size).toBe(0);
  });

  it('finds each of many calls of one identity, in whatever order they end', () => {
    const { enter, started, layer } = rig();
    const identityKey = 'issuer/ann';
    for (let id = 0; id < 9; id++) enter({ identityKey, target: `/things/${id}` });
    for (const id of [4, 0, 8, 1]) started[id]!.sink.succeed('value');
    for (let id = 0; id < 9; id++) enter({ identityKey, target: `/things/${id}` });
    expect(started).toHaveLength(13);
    expect(layer.size).toBe(9);
  });

  it.each([1, 2, 3])('tells each once or never, and only what it asked for (seed %s)', seed => {
    let state = seed;
    const random = (): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
    const { enter, started, layer } = rig();
    const here: { readonly asked: string; readonly entered: ReturnType<typeof enter> }[] = [];
    let ended = 0;
    let served = 0;
    for (let step = 0; step < 10_000; step++) {
      const draw = random();
      if (draw < 0.5) {
        const [target, identityKey] = [
          `/things/${Math.floor(random() * 4)}`,
          ['', 'ann', 'bob'][Math.floor(random() * 3)]!,
        ];
        here.push({ asked: `${identityKey} ${target}`, entered: enter({ target, identityKey }) });
      } else if (draw < 0.7 && here.length > 0) {
        const [{ entered }] = here.splice(Math.floor(random() * here.length), 1) as [(typeof here)[number]];
        entered.handle.cancel();
      } else if (ended < started.length) {
        const { sink, attempt } = started[ended + Math.floor(random() * (started.length - ended))]!;
        sink.succeed(`${attempt.request.identityKey} ${attempt.request.target}`);
        while (ended < started.length && here.every(({ entered }) => entered.attempt !== started[ended]!.attempt))
          ended++;
      }
      for (let index = here.length - 1; index >= 0; index--) {
        const { asked, entered } = here[index]!;
        if (entered.outside.outcomes.length === 0) continue;
        expect(entered.outside.outcomes).toEqual([{ value: asked }]);
        here.splice(index, 1);
        served++;
      }
    }
    expect(served).toBeGreaterThan(1_000);
    for (const { entered } of here) entered.handle.cancel();
    expect(layer.size).toBe(0);
  });

  it('freezes what is shared, and nothing else', () => {
    const { enter, started } = rig();
    const value = (): object => ({ list: [{ id: 1 }] });
    enter();
    const alone = value();
    started[0]!.sink.succeed(alone);
    expect(Object.isFrozen(alone)).toBe(false);
    enter();
    enter();
    const shared = value() as { list: [{ id: number }] };
    started[1]!.sink.succeed(shared);
    expect([shared, shared.list, shared.list[0]].every(Object.isFrozen)).toBe(true);
  });

  it('freezes whatever could be shared where it is told to', () => {
    const parts = { ...layerParts(), freezesAll: true };
    const made = new LayerRig(new SingleflightLayer(parts), parts);
    made.enter();
    const value = {};
    made.started[0]!.sink.succeed(value);
    expect(Object.isFrozen(value)).toBe(true);
  });

  it('lets nobody join a call that is being told', () => {
    const { enter, started } = rig();
    const first = enter();
    const joined: unknown[] = [];
    first.outside.succeed = () => joined.push(enter());
    started[0]!.sink.succeed('value');
    expect(joined).toHaveLength(1);
    expect(started).toHaveLength(2);
  });

  it('tells who shares, and can be switched off while it runs', () => {
    const told: string[] = [];
    class Told extends UpstreamEvents {
      attemptStarted(): void {}
      attemptEnded(): void {}
      override shared({ request }: Attempt): void {
        told.push(request.target);
      }
    }
    const { enter, started, parts } = rig({}, new Told());
    enter();
    enter();
    expect(told).toEqual(['/things/1']);
    parts.set({ singleflight: false });
    enter();
    expect(started).toHaveLength(2);
  });
});
