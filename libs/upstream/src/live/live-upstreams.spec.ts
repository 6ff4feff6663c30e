import { LiveSettings, RequestContext, TimerWheel } from 'guichet/kernel';
import { ManualClock } from 'guichet/testing';
import { z } from 'zod';
import { HttpUpstream } from '../http-upstream.js';
import { upstreamOptionsSchema } from '../upstream-options.js';
import { UpstreamRuntime } from '../upstream-runtime.js';
import { LIVE_UPSTREAM_OPTIONS, liveUpstreamOptionsSchema } from './live-upstream-options.js';
import { LiveUpstreams } from './live-upstreams.js';

function setUp() {
  const clock = new ManualClock();
  const live = new LiveSettings();
  const parts = {
    clock,
    wheel: new TimerWheel(clock),
    random: () => 0.5,
    events: undefined,
    isTraced: false,
    identity: undefined,
    freezesAll: false,
    live,
  };
  const config = upstreamOptionsSchema.parse({ timeoutMs: 300, adaptiveLimit: true });
  const [catalog, orders] = ['catalog', 'orders'].map(
    name => new UpstreamRuntime(name, config, HttpUpstream.protocol, parts),
  );
  const subsets = { canary: { meta: { version: '2' }, weightPercent: 10 } };
  const pricing = new UpstreamRuntime(
    'pricing',
    upstreamOptionsSchema.parse({ subsets }),
    HttpUpstream.protocol,
    parts,
  );
  const part = new LiveUpstreams([catalog!, orders!, pricing]);
  const apply = (settings: object): void => {
    const prepared = part.prepare(part.schema.parse(settings));
    live.swap(prepared.values);
    prepared.apply();
  };
  const arrive = (): RequestContext => {
    const context = new RequestContext('r', 0);
    context.settings = live.current;
    return context;
  };
  return { catalog: catalog!, orders: orders!, pricing, part, apply, arrive };
}

describe('LiveUpstreams', () => {
  it('changes what calls go by for requests that arrive later, and what all share at once', () => {
    const { catalog, apply, arrive } = setUp();
    const before = arrive();
    apply({ catalog: { timeoutMs: 90, maxConcurrent: 5, maxQueued: 3, breaker: false } });
    expect(catalog.settings.of(before).timeoutMs).toBe(300);
    expect(catalog.settings.of(arrive()).timeoutMs).toBe(90);
    const { breaker, bulkhead } = catalog.state;
    expect([bulkhead.limit <= 5, breaker.kind, bulkhead.maxQueued]).toEqual([true, 'off', 3]);
  });

  it('sets back what a later document leaves out', () => {
    const { catalog, apply, arrive } = setUp();
    apply({ catalog: { timeoutMs: 90, sharedBudgetMs: 700 } });
    expect(catalog.config.sharedBudgetMs).toBe(700);
    apply({});
    expect([catalog.config.timeoutMs, catalog.config.sharedBudgetMs]).toEqual([300, undefined]);
    expect(catalog.settings.of(arrive()).timeoutMs).toBe(300);
  });

  it('leaves alone what does not change: what has been learnt of it stays', () => {
    const { catalog, orders, apply } = setUp();
    const changed: string[] = [];
    catalog.settings.onChange(() => void changed.push('catalog'));
    orders.settings.onChange(() => void changed.push('orders'));
    apply({ catalog: { timeoutMs: 90 } });
    apply({ catalog: { timeoutMs: 90 } });
    expect(changed).toEqual(['catalog']);
  });

  it('weighs subsets anew, by those that are declared and no more than all', () => {
    const { part, pricing, apply } = setUp();
    apply({ pricing: { subsetWeights: { canary: 25 } } });
    expect(pricing.subsets!.weights).toEqual({ canary: 25, default: 75 });
    for (const subsetWeights of [{ canry: 5 }, { beta: 50, canary: 51 }]) {
      const { problems } = part.prepare(part.schema.parse({ pricing: { subsetWeights } }));
      expect(problems).toMatchObject([{ where: 'upstream pricing' }]);
    }
    apply({});
    expect(pricing.subsets!.weights).toEqual({ canary: 10, default: 90 });
  });

  it('takes the ranges and units of the boot, gives no defaults, and refuses what is fixed at boot', () => {
    const { part } = setUp();
    expect(part.schema.parse({ catalog: {} })).toEqual({ catalog: {} });
    expect(liveUpstreamOptionsSchema.safeParse({ maxRetries: 4 }).success).toBe(false);
    for (const fixed of ['scheme', 'tls', 'identity', 'maxConnections', 'timeout'])
      expect(liveUpstreamOptionsSchema.safeParse({ [fixed]: 1 }).success).toBe(false);
    const full = z.toJSONSchema(upstreamOptionsSchema, { io: 'input' }).properties!;
    const live = z.toJSONSchema(liveUpstreamOptionsSchema, { io: 'input' }).properties!;
    expect(Object.keys(live)).toEqual([...LIVE_UPSTREAM_OPTIONS]);
    for (const [name, schema] of Object.entries(live)) {
      const { default: _, ...declared } = full[name] as Record<string, unknown>;
      expect([name, schema]).toEqual([name, declared]);
    }
  });
});
