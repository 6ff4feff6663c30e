import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import {
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  type NestInterceptor,
  UseGuards,
  UseInterceptors,
  VersioningType,
} from '@nestjs/common';
import { InvalidInput } from 'guichet/kernel';
import { contextOf } from 'guichet/observability';
import { map, NEVER, Observable, of, throwError, timer } from 'rxjs';
import { z } from 'zod';
import { failure } from '../test/fake-call.js';
import { ADAPTERS, pageApp, type PageApp } from '../test/page-app.js';
import { body, device, headers, params, principal, query } from './inputs.js';
import { Command, Page } from './page.decorator.js';
import { required, optional } from './sections.js';
import type { SectionsOf } from './page-types.js';

class SignIn implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context
      .switchToHttp()
      .getRequest<Parameters<typeof contextOf>[0] & { headers: Record<string, string> }>();
    const reply = context.switchToHttp().getResponse<{ header(name: string, value: string): void }>();
    const subject = request.headers['x-user'];
    if (subject === 'banned') throw new ForbiddenException();
    if (subject) contextOf(request)!.principal = { issuer: 'test', subject, claims: {} };
    reply.header('X-Guard', 'passed');
    reply.header('Vary', 'Origin');
    return true;
  }
}

class Wrap implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map(page => ({ wrapped: page })));
  }
}

const calls = new EventEmitter();
const pending = new Observable<never>(() => {
  calls.emit('made');
  return () => calls.emit('let go');
});

@UseGuards(SignIn)
@Page('films/:id', { budgetMs: 1000 })
class FilmPage {
  private readonly params = params(z.object({ id: z.coerce.number<string>().int() }));
  private readonly query = query(z.object({ fail: z.string().optional(), size: z.enum(['s', 'l']).default('l') }));
  private readonly viewer = principal({ optional: true });
  readonly film = required([this.params, this.query, this.viewer], ({ id }, { fail, size }, viewer) => {
    if (fail === 'bug') throw new RangeError('secret');
    if (fail === 'input') throw new InvalidInput([{ in: 'params', path: 'id', message: 'no' }]);
    if (fail === 'http') throw new ForbiddenException('stop');
    if (fail === 'required') return throwError(() => failure('circuit-open'));
    if (fail === 'never') return pending;
    return timer(1).pipe(map(() => ({ id, size, viewer: viewer?.subject, title: 'Amélie' })));
  });
  readonly cast = optional(
    [this.query],
    ({ fail }) => (fail === 'cast' ? throwError(() => failure('shed')) : of(['Ann'])),
    {
      fallback: [],
    },
  );
}

@UseGuards(SignIn)
@Page('cached', { budgetMs: 1000, cacheControl: 'private, max-age=5', shape: z.object({ label: z.string() }) })
class CachedPage {
  private readonly device = device();
  private readonly headers = headers(z.looseObject({ 'x-shop': z.string().default('main') }));
  private readonly query = query(z.looseObject({ fail: z.string().optional() }));
  readonly label = required([this.device, this.headers], ({ kind }, shop) => `${kind} ${shop['x-shop']}`);
  readonly extra = optional([this.query], ({ fail }) => (fail ? throwError(() => failure('shed')) : of(1)));
  view({ label }: SectionsOf<CachedPage>) {
    return { label, secret: 'never leaves' };
  }
}

@Page('mine', { budgetMs: 1000 })
class MyPage {
  private readonly viewer = principal();
  readonly name = required([this.viewer], viewer => viewer.subject);
}

@UseInterceptors(Wrap)
@Page('wrapped', { budgetMs: 1000 })
class WrappedPage {
  private readonly query = query(z.object({ fail: z.string().optional() }));
  readonly film = required([this.query], ({ fail }) => (fail === 'never' ? pending : fail ? NEVER : of(1)));
  readonly cast = optional([], () => throwError(() => failure('shed')));
}

@Page('misshapen', { budgetMs: 1000, shape: z.object({ film: z.string() }) })
class MisshapenPage {
  readonly film = required([], () => 1);
}

@Page('versioned', { budgetMs: 1000, version: '2' })
class VersionedPage {
  readonly version = required([], () => 2);
}

@Command('POST', 'orders', { budgetMs: 1000, status: 201 })
class OrderCommand {
  private readonly body = body(z.object({ film: z.number(), copies: z.number().min(1) }));
  readonly order = required([this.body], order => of({ ...order, no: 7 }));
}

const PAGES = [FilmPage, CachedPage, MyPage, WrappedPage, MisshapenPage, VersionedPage, OrderCommand];

describe.each(ADAPTERS)('pages on %s', adapter => {
  let pages: PageApp;
  beforeAll(async () => {
    pages = await pageApp(adapter, PAGES, {
      prepare: app => app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
    });
  });
  afterAll(() => pages.app.close());

  it('answers with the payload, and says that it is complete', async () => {
    const response = await pages.get('/pages/films/7?size=s', { headers: { 'x-user': 'ann' } });
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(JSON.parse(text)).toEqual({ film: { id: 7, size: 's', viewer: 'ann', title: 'Amélie' }, cast: ['Ann'] });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'page-complete': '?1',
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(text)),
      'cache-control': 'no-store',
      'x-guard': 'passed',
      'x-request-id': expect.any(String) as string,
    });
  });

  it('says which section is not whole', async () => {
    const response = await pages.get('/pages/films/7?fail=cast');
    expect(response.headers.get('page-complete')).toBe('?0');
    expect(await response.json()).toMatchObject({
      cast: [],
      _sections: { cast: { state: 'fallback', reason: 'shed' } },
    });
  });

  it('answers HEAD with the headers alone', async () => {
    const response = await pages.get('/pages/films/7', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(40);
    expect(await response.text()).toBe('');
  });

  it('lists everything that is wrong with the inputs', async () => {
    const response = await pages.get('/pages/films/seven?size=xl');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      issues: [
        { in: 'params', path: 'id' },
        { in: 'query', path: 'size' },
      ],
    });
  });

  it.each([
    ['bug', 500, { name: 'RangeError' }],
    ['input', 400, { name: 'InvalidInput' }],
    ['http', 403, { name: 'ForbiddenException' }],
    ['required', 500, { name: 'PageFailed', failures: [{ section: 'film', code: 'circuit-open' }] }],
  ])('hands a failure of kind %s to the exception filters', async (fail, status, told) => {
    const response = await pages.get(`/pages/films/7?fail=${fail}`);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject(told);
  });

  it('lets guards stand before it', async () => {
    expect((await pages.get('/pages/films/7', { headers: { 'x-user': 'banned' } })).status).toBe(403);
    expect((await pages.get('/pages/mine')).status).toBe(401);
  });

  it('answers 304 where the page may be cached and the client has it', async () => {
    const first = await pages.get('/pages/cached', { headers: { 'user-agent': 'Mobi' } });
    expect(await first.json()).toEqual({ label: 'phone main' });
    expect(first.headers.get('cache-control')).toBe('private, max-age=5');
    expect(first.headers.get('vary')).toBe('Origin, Sec-CH-UA-Mobile, User-Agent, Save-Data, x-shop');
    const etag = first.headers.get('etag')!;
    const again = await pages.get('/pages/cached', {
      headers: { 'user-agent': 'Mobi', 'if-none-match': `"x", W/${etag}` },
    });
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
    const other = await pages.get('/pages/cached', { headers: { 'user-agent': 'Desk', 'if-none-match': etag } });
    expect(other.status).toBe(200);
  });

  it('never lets a degraded answer be cached', async () => {
    const response = await pages.get('/pages/cached?fail=1');
    expect([response.headers.get('etag'), response.headers.get('cache-control')]).toEqual([null, 'no-store']);
  });

  it('takes a payload that does not fit the shape for a bug', async () => {
    const response = await pages.get('/pages/misshapen');
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ name: 'TypeError' });
  });

  it('answers commands with their status', async () => {
    const post = (order: unknown): Promise<Response> =>
      pages.get('/pages/orders', {
        method: 'POST',
        body: JSON.stringify(order),
        headers: { 'content-type': 'application/json' },
      });
    const response = await post({ film: 1, copies: 2 });
    expect([response.status, await response.json()]).toEqual([201, { order: { film: 1, copies: 2, no: 7 } }]);
    expect((await post({ film: 1, copies: 0 })).status).toBe(400);
    expect((await pages.get('/pages/orders')).status).toBe(404);
  });

  it('lets interceptors see and change the page', async () => {
    const response = await pages.get('/pages/wrapped');
    expect(response.headers.get('page-complete')).toBe('?0');
    expect(await response.json()).toEqual({
      wrapped: { film: 1, _sections: { cast: { state: 'omitted', reason: 'shed' } } },
    });
  });

  it('follows the versioning of the app', async () => {
    expect((await pages.get('/pages/versioned')).status).toBe(404);
    expect(await (await pages.get('/pages/versioned', { headers: { 'x-version': '2' } })).json()).toEqual({
      version: 2,
    });
  });

  it.each(['/pages/films/7?fail=never', '/pages/wrapped?fail=never'])(
    'unsubscribes all of %s when the client goes away',
    async path => {
      const { hostname, port } = new URL(pages.url);
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      const made = once(calls, 'made');
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      await made;
      const letGo = once(calls, 'let go');
      socket.destroy();
      expect(await letGo).toEqual([]);
    },
  );
});

it('honours interceptors that are bound to the whole app', async () => {
  const pages = await pageApp('fastify', [VersionedPage], { prepare: app => app.useGlobalInterceptors(new Wrap()) });
  expect(await (await pages.get('/pages/versioned')).json()).toEqual({ wrapped: { version: 2 } });
  await pages.app.close();
});
