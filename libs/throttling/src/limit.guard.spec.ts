import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { SkipThrottle, Throttle } from '@nestjs/throttler';
import { contextOf, useRequestContext } from 'guichet/observability';
import type { CanActivate, ExecutionContext, INestApplication } from '@nestjs/common';
import { AddressThrottlerGuard, PrincipalThrottlerGuard } from './limit.guard.js';
import { Cost } from './request-cost.js';
import { ThrottlingModule } from './throttling.module.js';

/** Believes a header: stands where the auth guard stands. */
class HeaderGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest();
    const subject = request.headers['x-subject'] as string | undefined;
    if (subject) contextOf(request)!.principal = { issuer: 'test', subject, claims: {} };
    return true;
  }
}

@Controller()
@UseGuards(AddressThrottlerGuard, HeaderGuard, PrincipalThrottlerGuard)
class CountedController {
  @Get('plain')
  plain(): string {
    return 'ok';
  }

  @Get('free')
  @SkipThrottle()
  free(): string {
    return 'ok';
  }

  @Get('own')
  @Throttle({ address: { limit: 1, ttl: 60_000 } })
  own(): string {
    return 'ok';
  }

  @Get('dear')
  @Cost(3)
  dear(): string {
    return 'ok';
  }
}

@Module({
  imports: [
    ThrottlingModule.forRoot({
      trustedProxies: 1,
      limits: {
        address: { tracker: 'address', limit: 4, windowMs: 60_000 },
        viewer: { tracker: 'principal', limit: 2, windowMs: 60_000 },
      },
    }),
  ],
  controllers: [CountedController],
})
class AppModule {}

describe.each([
  ['Fastify', () => new FastifyAdapter()],
  ['Express', () => new ExpressAdapter()],
])('the throttler guards on %s', (_, adapter) => {
  let app: INestApplication;
  let base: string;

  beforeEach(async () => {
    const testing = await Test.createTestingModule({ imports: [AppModule] }).compile();
    app = testing.createNestApplication(adapter(), { logger: false });
    useRequestContext(app);
    await app.listen(0, '127.0.0.1');
    base = await app.getUrl();
  });
  afterEach(() => app.close());

  const get = (path: string, address: string, headers: Record<string, string> = {}) =>
    fetch(base + path, { headers: { 'x-forwarded-for': address, ...headers } });

  it('admits up to the limit and tells what is left', async () => {
    const first = await get('/plain', '192.0.2.1');
    expect(first.status).toBe(200);
    expect(first.headers.get('ratelimit-policy')).toBe('"address";q=4;w=60');
    expect(first.headers.get('ratelimit')).toMatch(/^"address";r=3;t=(60|59)$/);
    for (let n = 0; n < 3; n++) expect((await get('/plain', '192.0.2.1')).status).toBe(200);
    const refused = await get('/plain', '192.0.2.1');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(59);
    expect((await get('/plain', '192.0.2.2')).status).toBe(200);
  });

  it('counts what a client invents in X-Forwarded-For as one address', async () => {
    const statuses = [];
    for (let n = 0; n < 6; n++) statuses.push((await get('/plain', `10.9.8.${n}, 192.0.2.3`)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429]);
  });

  it('counts an IPv6 /64 as one', async () => {
    const statuses = [];
    for (let n = 0; n < 5; n++) statuses.push((await get('/plain', `2001:db8:1:2::${n + 1}`)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429]);
  });

  it('counts a principal wherever it comes from, and shows both limits', async () => {
    const first = await get('/plain', '192.0.2.10', { 'x-subject': 'ann' });
    expect(first.headers.get('ratelimit-policy')).toBe('"address";q=4;w=60, "viewer";q=2;w=60');
    expect((await get('/plain', '192.0.2.11', { 'x-subject': 'ann' })).status).toBe(200);
    expect((await get('/plain', '192.0.2.12', { 'x-subject': 'ann' })).status).toBe(429);
    expect((await get('/plain', '192.0.2.12', { 'x-subject': 'bob' })).status).toBe(200);
  });

  it('lets through what @SkipThrottle says, and gives @Throttle its own limit', async () => {
    for (let n = 0; n < 8; n++) expect((await get('/free', '192.0.2.20')).status).toBe(200);
    expect((await get('/own', '192.0.2.20')).status).toBe(200);
    expect((await get('/own', '192.0.2.20')).status).toBe(429);
    expect((await get('/plain', '192.0.2.20')).status).toBe(200);
  });

  it('lets a dear request spend more', async () => {
    expect((await get('/dear', '192.0.2.30')).status).toBe(200);
    expect((await get('/dear', '192.0.2.30')).status).toBe(429);
    expect((await get('/plain', '192.0.2.30')).status).toBe(200);
  });
});
