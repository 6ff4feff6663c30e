import { fakeUpstream, type FakeUpstream, hang, ManualClock, reply } from 'guichet/testing';
import { contextOf, started, upstreamRig } from '../test/upstream-rig.js';
import { HttpUpstream } from './http-upstream.js';
import { Upstream } from './upstream.decorator.js';
import type { UpstreamOptions } from './upstream-options.js';
import { UpstreamRegistry } from './upstream-registry.js';

@Upstream('catalog')
class CatalogClient extends HttpUpstream {
  thing() {
    return this.get('/thing');
  }
}

describe('the state of an upstream', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  async function serving(answer: () => unknown): Promise<FakeUpstream> {
    const fake = await fakeUpstream({ 'GET /thing': answer });
    open.push(fake);
    return fake;
  }

  async function rigOf(fakes: readonly FakeUpstream[], defaults: UpstreamOptions, clock?: ManualClock) {
    const rig = await upstreamRig([CatalogClient], { fakes: { catalog: fakes }, defaults, ...(clock && { clock }) });
    open.push(rig);
    const runtime = rig.app.get(UpstreamRegistry).upstream('catalog');
    const call = () => started(rig.app.get(CatalogClient).in(contextOf()).thing());
    return { call, source: rig.source, settings: runtime.settings, state: () => runtime.state.report() };
  }

  it('is at rest before the first call', async () => {
    const fake = await serving(() => reply(200, {}));
    const { state } = await rigOf([fake], {});
    expect(state()).toEqual({
      name: 'catalog',
      protocol: 'http',
      trouble: undefined,
      breaker: { kind: 'closed', retryAfterMs: 0 },
      bulkhead: { active: 0, limit: 64, queued: 0, maxQueued: 64 },
      joinable: 0,
      furtherAttempts: 10,
      medianMs: undefined,
      isPanicking: false,
      subsets: [],
      instances: [
        {
          id: `catalog-${fake.port}`,
          address: `127.0.0.1:${fake.port}`,
          weight: 1,
          tags: [],
          subset: undefined,
          condition: { kind: 'serving' },
          share: 1,
          outstanding: 0,
          latencyMs: undefined,
          failuresInRow: 0,
          ejections: 0,
        },
      ],
    });
  });

  it('knows what is under way and what waits', async () => {
    const fake = await serving(() => hang());
    const { call, state } = await rigOf([fake], {
      maxConcurrent: 1,
      maxQueued: 5,
      timeoutMs: 60_000,
      singleflight: false,
    });
    const calls = [call(), call()];
    await fake.received(1);
    expect(state()).toMatchObject({
      bulkhead: { active: 1, limit: 1, queued: 1, maxQueued: 5 },
      instances: [{ outstanding: 1 }],
    });
    for (const { handle } of calls) handle.cancel();
    expect(state()).toMatchObject({ bulkhead: { active: 0, queued: 0 }, instances: [{ outstanding: 0 }] });
  });

  it('knows the instance that is left out, why, and for how long', async () => {
    const [bad, good] = [await serving(() => reply(500, {})), await serving(() => reply(200, {}))];
    const { call, state } = await rigOf([bad, good], { ejectionFailures: 1, maxRetries: 0, ejectionMs: 30_000 });
    const instanceOf = (fake: FakeUpstream) =>
      state().instances.find(({ address }) => address === `127.0.0.1:${fake.port}`)!;
    while (instanceOf(bad).condition.kind === 'serving') await call().outcome.catch(() => undefined);
    expect(instanceOf(bad)).toMatchObject({
      condition: { kind: 'ejected', cause: 'failures-in-row' },
      share: 0,
      ejections: 1,
    });
    const { condition } = instanceOf(bad);
    expect(condition.kind === 'ejected' && condition.leftMs).toBeGreaterThan(20_000);
    expect(instanceOf(good).condition).toEqual({ kind: 'serving' });
  });

  it('knows that the breaker is open and until when, and where there is none', async () => {
    const fake = await serving(() => reply(500, {}));
    const options = { breakerMinCalls: 2, breakerOpenMs: 60_000, breakerMaxOpenMs: 60_000, maxRetries: 0 };
    const { call, state } = await rigOf([fake], options);
    while (state().breaker.kind === 'closed') await call().outcome.catch(() => undefined);
    expect(state().breaker.kind).toBe('open');
    expect(state().breaker.retryAfterMs).toBeGreaterThan(50_000);
    expect((await rigOf([fake], { breaker: false })).state().breaker.kind).toBe('off');
  });

  describe('its trouble', () => {
    const failing = {
      maxRetries: 0,
      breakerMinCalls: 2,
      breakerOpenMs: 5_000,
      ejectionFailures: 1,
      ejectionMs: 30_000,
    };

    it('is that there are no instances', async () => {
      const { state, source } = await rigOf([await serving(() => reply(200, {}))], {});
      expect(state().trouble).toBeUndefined();
      source.set('catalog');
      expect(state().trouble).toBe('no-instances');
    });

    it('is that all are ejected, until the first of them may be called again', async () => {
      const [bad, good] = [await serving(() => reply(500, {})), await serving(() => reply(200, {}))];
      const clock = new ManualClock();
      const { call, state, source } = await rigOf([bad, good], { ...failing, breaker: false }, clock);
      while (state().instances.every(({ condition }) => condition.kind !== 'ejected'))
        await call().outcome.catch(() => undefined);
      expect(state().trouble).toBeUndefined();
      source.set('catalog', bad.instance('catalog'));
      expect(state().trouble).toBe('all-ejected');
      clock.advance(29_999);
      expect(state().trouble).toBe('all-ejected');
      clock.advance(1);
      expect(state().trouble).toBeUndefined();
    });

    it('is an open breaker, until it would let a call through: without traffic none would come to close it', async () => {
      const bad = await serving(() => reply(500, {}));
      const clock = new ManualClock();
      const { call, state } = await rigOf([bad], failing, clock);
      while (state().breaker.kind === 'closed') await call().outcome.catch(() => undefined);
      expect(state().trouble).toBe('circuit-open');
      clock.advance(4_999);
      expect(state().trouble).toBe('circuit-open');
      clock.advance(1);
      expect(state()).toMatchObject({ trouble: undefined, breaker: { kind: 'open', retryAfterMs: 0 } });
    });

    it('is none once the breaker that was open is switched off', async () => {
      const bad = await serving(() => reply(500, {}));
      const { call, state, settings } = await rigOf([bad], failing, new ManualClock());
      while (state().breaker.kind === 'closed') await call().outcome.catch(() => undefined);
      settings.change({ ...settings.config, breaker: false });
      expect(state()).toMatchObject({ trouble: undefined, breaker: { kind: 'off', retryAfterMs: 0 } });
    });
  });
});
