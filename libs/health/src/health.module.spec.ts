import type { AddressInfo } from 'node:net';
import { type CanActivate, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { InstanceSource, type Snapshot } from 'guichet/discovery';
import { Clock } from 'guichet/kernel';
import { ManagementModule, ManagementServer } from 'guichet/observability';
import { ManualClock } from 'guichet/testing';
import { HttpUpstream, Upstream, UpstreamModule } from 'guichet/upstream';
import { type Observable, ReplaySubject } from 'rxjs';
import { HealthModule } from './health.module.js';
import { Lifecycle } from './lifecycle.js';
import { Readiness } from './readiness.js';

/** A source that says what the test wants, when the test wants it. */
class ScriptedSource extends InstanceSource {
  private readonly services = new Map<string, ReplaySubject<Snapshot>>();
  private readonly latest = new Map<string, Snapshot>();
  readonly troubles = new Map<string, string>();

  say(service: string, count: number, state: Snapshot['state'] = 'fresh', confirmedAt = 0): void {
    const instances = Array.from({ length: count }, (_, i) => ({
      id: `${service}-${i}`,
      service,
      host: '127.0.0.1',
      port: 10_000 + i,
      weight: 1,
      tags: [],
      meta: {},
    }));
    const snapshot = { service, instances, state, confirmedAt };
    this.latest.set(service, snapshot);
    this.subject(service).next(snapshot);
  }

  override watch(service: string): Observable<Snapshot> {
    return this.subject(service);
  }

  override snapshot(service: string): Snapshot | undefined {
    return this.latest.get(service);
  }

  override trouble(service: string): string | undefined {
    return this.troubles.get(service);
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }

  private subject(service: string): ReplaySubject<Snapshot> {
    const subject = this.services.get(service) ?? new ReplaySubject<Snapshot>(1);
    this.services.set(service, subject);
    return subject;
  }
}

@Upstream('catalog')
class CatalogClient extends HttpUpstream {}

@Upstream('pricing')
class PricingClient extends HttpUpstream {}

const refuseAll: CanActivate = { canActivate: () => false };

describe.each([
  ['Fastify', () => new FastifyAdapter()],
  ['Express', () => new ExpressAdapter()],
])('HealthModule on %s', (_, adapter) => {
  let app: INestApplication;
  let source: ScriptedSource;
  let clock: ManualClock;
  let url: string;
  let managementUrl: string;

  const probe = async (target: string, init?: RequestInit) => {
    const answer = await fetch(target, init);
    const text = await answer.text();
    return {
      status: answer.status,
      cache: answer.headers.get('cache-control'),
      body: text === '' ? undefined : (JSON.parse(text) as object),
    };
  };

  beforeEach(async () => {
    source = new ScriptedSource();
    clock = new ManualClock(5000);

    @Module({
      providers: [
        { provide: InstanceSource, useValue: source },
        { provide: Clock, useValue: clock },
      ],
      exports: [InstanceSource, Clock],
    })
    class SourceModule {}

    @Module({
      imports: [
        { module: SourceModule, global: true },
        ManagementModule.forRoot({ port: 0 }),
        UpstreamModule.forRoot({ clients: [CatalogClient, PricingClient] }),
        HealthModule,
      ],
    })
    class TestModule {}

    app = await NestFactory.create(TestModule, adapter(), { logger: false, abortOnError: false });
    app.useGlobalGuards(refuseAll);
    app.setGlobalPrefix('pages');
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
    managementUrl = `http://127.0.0.1:${app.get(ManagementServer).port}`;
  });
  afterEach(() => app.close());

  it('is live whatever the upstreams, guards and the drain say', async () => {
    const live = { status: 200, cache: 'no-store', body: { status: 'ok' } };
    expect(await probe(`${url}/health/live`)).toEqual(live);
    app.get(Lifecycle).beginDraining();
    expect(await probe(`${url}/health/live`)).toEqual(live);
    expect(await probe(`${managementUrl}/health/live`)).toEqual(live);
    expect(await probe(`${url}/health/live`, { method: 'HEAD' })).toEqual({ ...live, body: undefined });
  });

  it('is ready once every upstream has been heard of', async () => {
    const waiting = { status: 503, cache: 'no-store', body: { status: 'error' } };
    expect(await probe(`${url}/health/ready`)).toEqual(waiting);
    source.say('catalog', 2);
    expect(await probe(`${url}/health/ready`)).toEqual(waiting);
    source.say('pricing', 1);
    expect(await probe(`${url}/health/ready`)).toEqual({ status: 200, cache: 'no-store', body: { status: 'ok' } });
  });

  it('stays ready, degraded, while an upstream has no instance or its list is an old one', async () => {
    source.say('catalog', 2, 'last-known-good', 1000);
    source.say('pricing', 0);
    expect(await probe(`${url}/health/ready`)).toMatchObject({ status: 200, body: { status: 'degraded' } });
  });

  it('tells why an upstream cannot be asked for, before and after its instances are known', async () => {
    source.say('catalog', 2);
    source.troubles.set('catalog', 'away').set('pricing', 'refused');
    expect(await probe(`${managementUrl}/health/ready?verbose`)).toMatchObject({
      status: 503,
      body: {
        details: {
          'upstream catalog': { instances: 2, why: 'away' },
          'upstream pricing': { status: 'down', message: 'its instances are not known yet', why: 'refused' },
        },
      },
    });
    source.say('pricing', 1, 'last-known-good');
    expect(await probe(`${managementUrl}/health/ready?verbose`)).toMatchObject({
      status: 200,
      body: { details: { 'upstream pricing': { status: 'degraded', instances: 1, why: 'refused' } } },
    });
  });

  it('is not ready while it drains', async () => {
    source.say('catalog', 2);
    source.say('pricing', 1);
    app.get(Lifecycle).beginDraining();
    expect(await probe(`${url}/health/ready`)).toMatchObject({ status: 503 });
    expect(await probe(`${managementUrl}/health/ready`)).toMatchObject({ status: 503 });
  });

  it('tells details on the management port alone, and only when asked', async () => {
    source.say('catalog', 2);
    source.say('pricing', 0, 'last-known-good', 1000);
    expect((await probe(`${url}/health/ready?verbose`)).body).toEqual({ status: 'degraded' });
    expect((await probe(`${managementUrl}/health/ready`)).body).toEqual({ status: 'degraded' });
    expect((await probe(`${managementUrl}/health/ready?verbose`)).body).toEqual({
      status: 'degraded',
      details: {
        lifecycle: { status: 'up', phase: 'ready' },
        'upstream catalog': { status: 'up', instances: 2, source: 'fresh', confirmedMsAgo: 5000 },
        'upstream pricing': {
          status: 'degraded',
          instances: 0,
          source: 'last-known-good',
          confirmedMsAgo: 4000,
          trouble: 'no-instances',
        },
      },
    });
  });

  it('is not ready while what is declared critical is in trouble, and only then', async () => {
    const readiness = app.get(Readiness);
    let isWell = true;
    readiness.observe('sessions', () => isWell);
    expect(readiness.makeCritical('catalog')).toBeUndefined();
    expect(readiness.makeCritical('sessions')).toBeUndefined();
    expect(readiness.makeCritical('orders')).toEqual(['catalog', 'pricing', 'sessions']);
    source.say('catalog', 2);
    source.say('pricing', 0);
    expect(await probe(`${url}/health/ready`)).toMatchObject({ status: 200, body: { status: 'degraded' } });
    // An old list is no trouble: its instances serve.
    source.say('catalog', 2, 'last-known-good');
    expect(await probe(`${url}/health/ready`)).toMatchObject({ status: 200 });
    source.say('catalog', 0);
    expect(await probe(`${url}/health/ready`)).toMatchObject({ status: 503, body: { status: 'error' } });
    expect(await probe(`${url}/health/live`)).toMatchObject({ status: 200 });
    source.say('catalog', 1);
    expect(await probe(`${url}/health/ready`)).toMatchObject({ status: 200 });
    isWell = false;
    expect(await probe(`${url}/health/ready`)).toMatchObject({ status: 503 });
  });

  it('is degraded while what replicas share is in trouble', async () => {
    source.say('catalog', 2);
    source.say('pricing', 1);
    app.get(Readiness).observe('limits', () => false);
    expect(await probe(`${url}/health/ready`)).toMatchObject({ status: 200, body: { status: 'degraded' } });
    expect((await probe(`${managementUrl}/health/ready?verbose`)).body).toMatchObject({
      details: { limits: { status: 'degraded' } },
    });
  });

  it('has started once it has booted', async () => {
    expect(await probe(`${url}/health/startup`)).toEqual({ status: 200, cache: 'no-store', body: { status: 'ok' } });
  });
});

describe('HealthModule on the management port', () => {
  it('says that the app is still starting', async () => {
    let seen: Promise<Response> | undefined;
    @Module({ imports: [ManagementModule.forRoot({ port: 0 }), HealthModule] })
    class SlowModule {}
    const app = await NestFactory.create(SlowModule, new FastifyAdapter(), { logger: false, abortOnError: false });
    const lifecycle = app.get(Lifecycle);
    const becomeReady = lifecycle.becomeReady.bind(lifecycle);
    lifecycle.becomeReady = () => {
      seen = fetch(`http://127.0.0.1:${app.get(ManagementServer).port}/health/startup`);
    };
    await app.init();
    expect((await seen!).status).toBe(503);
    becomeReady();
    expect((await fetch(`http://127.0.0.1:${app.get(ManagementServer).port}/health/startup`)).status).toBe(200);
    await app.close();
  });
});

describe('Lifecycle', () => {
  it('never comes back from the drain', () => {
    const lifecycle = new Lifecycle();
    expect(lifecycle.phase).toBe('booting');
    lifecycle.becomeReady();
    expect(lifecycle.phase).toBe('ready');
    lifecycle.beginDraining();
    lifecycle.becomeReady();
    expect(lifecycle.phase).toBe('draining');
  });
});
