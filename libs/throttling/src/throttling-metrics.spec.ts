import { Controller, Get, type INestApplication, Module, UseGuards } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Throttle } from '@nestjs/throttler';
import { Metrics, MetricsModule, useRequestContext } from 'guichet/observability';
import { ManualClock } from 'guichet/testing';
import { type Hit, LimitStore } from './limit-store.js';
import { AddressThrottlerGuard } from './limit.guard.js';
import { ResilientLimitStore } from './resilient-limit.store.js';
import { ThrottlingMetrics } from './throttling-metrics.js';
import { ThrottlingModule } from './throttling.module.js';

@Controller()
@UseGuards(AddressThrottlerGuard)
class CountedController {
  @Get('plain')
  plain(): string {
    return 'ok';
  }

  @Get('own')
  @Throttle({ address: { limit: 1, ttl: 60_000 } })
  own(): string {
    return 'ok';
  }
}

@Module({
  imports: [
    MetricsModule,
    ThrottlingModule.forRoot({
      trustedProxies: 1,
      limits: {
        address: { tracker: 'address', limit: 4, windowMs: 60_000 },
        burst: { tracker: 'address', limit: 3, windowMs: 1_000 },
      },
    }),
  ],
  controllers: [CountedController],
})
class AppModule {}

async function shown(metrics: Metrics): Promise<readonly string[]> {
  const lines = (await metrics.text()).split('\n').filter(line => line.startsWith('guichet_throttling_'));
  return lines.map(line => line.slice('guichet_throttling_'.length)).toSorted();
}

describe('what is counted of limits', () => {
  let app: INestApplication | undefined;
  afterEach(() => app?.close());

  it('is what each decided, from 0 on, and how many callers are known; never who', async () => {
    const testing = await Test.createTestingModule({ imports: [AppModule] }).compile();
    app = testing.createNestApplication(new FastifyAdapter(), { logger: false });
    useRequestContext(app);
    await app.listen(0, '127.0.0.1');
    const metrics = app.get(Metrics);
    expect(await shown(metrics)).toContain('decisions_total{limit="burst",outcome="refused"} 0');
    const url = await app.getUrl();
    for (let n = 0; n < 3; n++)
      for (const path of ['plain', 'own'])
        await (await fetch(`${url}/${path}`, { headers: { 'x-forwarded-for': `192.0.2.${path.length}` } })).text();
    expect(await shown(metrics)).toEqual([
      'decisions_total{limit="address",outcome="admitted"} 4',
      'decisions_total{limit="address",outcome="refused"} 2',
      'decisions_total{limit="burst",outcome="admitted"} 4',
      'decisions_total{limit="burst",outcome="refused"} 0',
      'tracked_keys 4',
    ]);
  });

  it('is whether the shared store counts', async () => {
    class GoneStore extends LimitStore {
      isGone = true;
      async hit(): Promise<Hit> {
        if (this.isGone) throw new Error('gone');
        return { spent: 1, admitted: true, resetMs: 1 };
      }
      async close(): Promise<void> {}
    }
    const [clock, gone, metrics] = [new ManualClock(), new GoneStore(), new Metrics()];
    const store = new ResilientLimitStore(gone, 'open', () => {}, clock);
    new ThrottlingMetrics(metrics, store, []);
    const limit = { limit: 3, windowMs: 60_000, blockMs: 0 };
    expect(await shown(metrics)).toEqual(['store_failures_total 0', 'store_up 1', 'tracked_keys 0']);
    await store.hit('a', 1, limit);
    // While it rests nobody asks it, so that it does not fail.
    await store.hit('b', 1, limit);
    expect(await shown(metrics)).toEqual(['store_failures_total 1', 'store_up 0', 'tracked_keys 2']);
    gone.isGone = false;
    clock.advance(1_000);
    await store.hit('a', 1, limit);
    expect(await shown(metrics)).toEqual(['store_failures_total 1', 'store_up 1', 'tracked_keys 2']);
  });
});
