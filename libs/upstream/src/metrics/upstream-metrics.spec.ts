import type { Instance } from 'guichet/discovery';
import { Metrics } from 'guichet/observability';
import { delayed, fakeUpstream, type FakeUpstream, hang, reply } from 'guichet/testing';
import { contextOf, started, upstreamRig, type UpstreamRig } from '../../test/upstream-rig.js';
import { HttpUpstream } from '../http-upstream.js';
import { Upstream } from '../upstream.decorator.js';
import type { UpstreamOptions } from '../upstream-options.js';

@Upstream('catalog')
class CatalogClient extends HttpUpstream {
  thing() {
    return this.get('/thing', { public: true });
  }
}

describe('what is counted of upstreams', () => {
  const open: { close(): Promise<void> }[] = [];
  let metrics: Metrics;
  let rig: UpstreamRig;

  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  async function serving(answer: () => unknown): Promise<FakeUpstream> {
    const fake = await fakeUpstream({ 'GET /thing': answer });
    open.push(fake);
    return fake;
  }

  async function calling(fakes: readonly FakeUpstream[], defaults: UpstreamOptions = {}) {
    metrics = new Metrics();
    rig = await upstreamRig([CatalogClient], { fakes: { catalog: fakes }, defaults, metrics });
    open.push(rig);
    return () => started(rig.app.get(CatalogClient).in(contextOf()).thing());
  }

  /** The lines of a name, by what stands behind it, those at 0 left out. */
  async function shown(name: string): Promise<Readonly<Record<string, number>>> {
    const lines = (await metrics.text()).split('\n').filter(line => line.startsWith(`guichet_upstream_${name}{`));
    const pairs = lines.map(line => /\{upstream="catalog",?(.*)\} (.*)$/.exec(line)!.slice(1) as [string, string]);
    return Object.fromEntries(pairs.filter(([, value]) => value !== '0').map(([key, value]) => [key, Number(value)]));
  }

  it('is how attempts ended, of the upstream and of each instance, which takes its series with it', async () => {
    const [well, ill] = [await serving(() => reply(200, {})), await serving(() => reply(500))];
    const call = await calling([well, ill], {
      singleflight: false,
      ejectionFailures: 1,
      breaker: false,
      maxRetries: 0,
    });
    const outcomes: ('succeeded' | 'failed')[] = [];
    for (let n = 0; n < 40; n++) {
      outcomes.push(
        await call().outcome.then(
          () => 'succeeded' as const,
          () => 'failed' as const,
        ),
      );
    }
    const [good, bad] = ['succeeded', 'failed'].map(kind => outcomes.filter(outcome => outcome === kind).length);
    const [wellName, illName] = [well, ill].map(fake => `instance="127.0.0.1:${fake.port}"`);
    expect(bad).toBe(ill.requests.length);
    expect(await shown('attempts_total')).toEqual({
      'outcome="succeeded",code=""': good,
      'outcome="failed",code="upstream-status"': bad,
    });
    expect(await shown('instance_attempts_total')).toEqual({
      [`${wellName},outcome="succeeded"`]: well.requests.length,
      [`${illName},outcome="failed"`]: ill.requests.length,
    });
    expect(await shown('instance_ejections_total')).toEqual({ [illName!]: 1 });
    expect(await shown('instance_ejected')).toEqual({ [illName!]: 1 });
    expect(await shown('instances')).toEqual({ 'state="serving"': 1, 'state="ejected"': 1 });
    expect(new Set(Object.keys(await shown('instance_latency_seconds')))).toEqual(new Set([wellName, illName]));

    rig.source.set('catalog', well.instance('catalog'));
    for (const name of ['instance_attempts_total', 'instance_ejections_total', 'instance_latency_seconds'])
      expect(Object.keys(await shown(name)).join()).not.toContain(illName);
    expect(await metrics.text()).not.toContain(illName);
  });

  it('is how full it is', async () => {
    const server = await serving(() => hang());
    const call = await calling([server], { singleflight: false, maxConcurrent: 2, maxQueued: 5, retryBudgetMin: 3 });
    const calls = [call(), call(), call()];
    expect(await shown('bulkhead_limit')).toEqual({ '': 2 });
    expect(await shown('bulkhead_in_flight')).toEqual({ '': 2 });
    expect(await shown('bulkhead_queued')).toEqual({ '': 1 });
    expect(await shown('retry_budget_left')).toEqual({ '': 3 });
    // The one that waits first, or it would have a place of its own.
    for (const { handle } of calls.toReversed()) handle.cancel();
    expect(await shown('bulkhead_in_flight')).toEqual({});
    expect(await shown('attempts_total')).toEqual({ 'outcome="cancelled",code=""': 2 });
  });

  it('is what is under way that others may join', async () => {
    const server = await serving(() => delayed(30, reply(200, {})));
    const call = await calling([server]);
    const calls = [call(), call(), call()];
    expect(await shown('singleflight_in_flight')).toEqual({ '': 1 });
    expect(await shown('shared_calls_total')).toEqual({ '': 2 });
    await Promise.all(calls.map(({ outcome }) => outcome));
    expect(await shown('singleflight_in_flight')).toEqual({});
  });

  it('is of at most 2,000 instances, however many there are', async () => {
    await calling([]);
    const instances = Array.from({ length: 5_000 }, (_, n): Instance => {
      const host = `10.0.${n >> 8}.${n & 255}`;
      return { id: `i${n}`, service: 'catalog', host, port: 80, weight: 1, tags: [], meta: {} };
    });
    rig.source.set('catalog', ...instances);
    const text = await metrics.text();
    expect(text.split('\n').filter(line => line.startsWith('guichet_upstream_instance_ejected{'))).toHaveLength(2_000);
    expect(text).toContain('guichet_upstream_instances{upstream="catalog",state="serving"} 5000');
    expect(text.split('\n').filter(line => line.includes('instance="')).length).toBe(2_000 * 6);
  });
});
