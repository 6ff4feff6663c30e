import { InstanceSource, StaticSource } from 'guichet/discovery';
import { fakeUpstream, type FakeUpstream } from 'guichet/testing';
import { HttpUpstream, Upstream, UpstreamModule } from 'guichet/upstream';
import { delay, switchMap } from 'rxjs';
import { Client } from 'undici';
import { z } from 'zod';
import { pageApp, type PageApp } from '../test/page-app.js';
import { headers } from './inputs.js';
import { Page } from './page.decorator.js';
import { internal, required } from './sections.js';

const Echo = z.object({ user: z.string() });

@Upstream('echo')
class EchoClient extends HttpUpstream {
  first() {
    return this.get('/first', { schema: Echo });
  }
  second(user: string) {
    return this.get('/second', { query: { user }, schema: Echo });
  }
}

@Page('me', { budgetMs: 30_000 })
class MyPage {
  constructor(private readonly echo: EchoClient) {}
  private readonly headers = headers(z.looseObject({ 'x-request-id': z.string() }));
  readonly asked = required([this.headers], sent => sent['x-request-id']);
  readonly direct = required([], () => this.echo.first());
  readonly switched = required([], ctx =>
    this.echo.first().pipe(
      delay(1),
      switchMap(({ user }) => this.echo.in(ctx).second(user)),
    ),
  );
  readonly awaited = required([this.direct], async ({ user }, ctx) => {
    await new Promise(resolve => setTimeout(resolve, 1));
    const { user: seen } = await new Promise<{ user: string }>((resolve, reject) =>
      this.echo.in(ctx).second(user).subscribe({ next: resolve, error: reject }),
    );
    return { user: seen };
  });
  readonly hidden = internal([this.switched, this.awaited], () => this.echo.first());
  readonly chained = required([this.hidden], ({ user }) => this.echo.second(user));
}

@Page('forgetful', { budgetMs: 30_000 })
class ForgetfulPage {
  constructor(private readonly echo: EchoClient) {}
  readonly switched = required([], () => this.echo.first().pipe(switchMap(({ user }) => this.echo.second(user))));
}

describe('identity', () => {
  let upstream: FakeUpstream;
  let pages: PageApp;
  let atOnce = 0;
  let mostAtOnce = 0;
  beforeAll(async () => {
    upstream = await fakeUpstream({
      'GET /first': async ({ headers: sent, closed }) => {
        mostAtOnce = Math.max(mostAtOnce, ++atOnce);
        void closed.then(() => atOnce--);
        await new Promise(resolve => setTimeout(resolve, 30));
        return { user: sent['x-request-id'] };
      },
      'GET /second': ({ headers: sent, query }) => ({ user: `${sent['x-request-id'] as string}=${query.get('user')}` }),
    });
    const source = {
      provide: InstanceSource,
      useValue: new StaticSource({ services: { echo: [`127.0.0.1:${upstream.port}`] } }),
    };
    class Discovery {}
    pages = await pageApp('fastify', [MyPage, ForgetfulPage], {
      imports: [
        { module: Discovery, global: true, providers: [source], exports: [InstanceSource] },
        // Each answer echoes its request's id, which no shared one could; and all 100 users call at the same time.
        UpstreamModule.forRoot({ clients: [EchoClient], defaults: { singleflight: false, maxConcurrent: 500 } }),
      ],
    });
  });
  afterAll(async () => {
    await pages.app.close();
    await upstream.close();
  });

  it('is never mixed up: 100 users at once over two sockets, through switchMap and async loads', async () => {
    // Pipelined: each socket carries the requests of 50 users that are all under way together.
    const sockets = [new Client(pages.url, { pipelining: 50 }), new Client(pages.url, { pipelining: 50 })];
    const everybody = Array.from({ length: 100 }, (_, index) => `user-${index}`);
    const answers = await Promise.all(
      everybody.map(async (user, index) => {
        const { body } = await sockets[index % 2]!.request({
          method: 'GET',
          path: '/pages/me',
          headers: { 'x-request-id': user },
          blocking: false,
        });
        return body.json();
      }),
    );
    expect(answers).toEqual(
      everybody.map(user => ({
        asked: user,
        direct: { user },
        switched: { user: `${user}=${user}` },
        awaited: { user: `${user}=${user}` },
        chained: { user: `${user}=${user}` },
      })),
    );
    expect(mostAtOnce).toBeGreaterThan(25);
    expect(upstream.connectionCount).toBeLessThan(upstream.requests.length / 3);
    await Promise.all(sockets.map(socket => socket.close()));
  });

  it('is refused, not guessed, where a later call forgets its context', async () => {
    const users = Array.from({ length: 20 }, (_, index) => `user-${index}`);
    const ask = (user: string): Promise<Response> =>
      pages.get('/pages/forgetful', { headers: { 'x-request-id': user } });
    for (const response of await Promise.all(users.map(ask))) {
      expect(response.status).toBe(500);
      expect(await response.json()).toMatchObject({ message: expect.stringContaining('client.in(ctx)') as string });
    }
  });
});
