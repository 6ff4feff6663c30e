import { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';
import { type AxiosError, isAxiosError } from 'axios';
import { type CallContext, runInContext, UpstreamError } from 'guichet/kernel';
import { delayed, endless, fakeUpstream, type FakeUpstream, hang, reply, replyRaw, reset } from 'guichet/testing';
import { firstValueFrom, of, switchMap } from 'rxjs';
import { contextOf, upstreamRig, type UpstreamRig } from '../../test/upstream-rig.js';
import { detachedContext } from '../detached-context.js';
import { HttpUpstream } from '../http-upstream.js';
import { Upstream } from '../upstream.decorator.js';
import { InjectUpstreamHttp, upstreamHttpToken } from './inject-upstream-http.js';
import { axiosTarget } from './axios-target.js';
import { UpstreamHttpService } from './upstream-http.service.js';

@Upstream('catalog', { maxBytes: 50_000 })
class CatalogClient extends HttpUpstream {}

describe('the HttpService of an upstream', () => {
  let catalog: FakeUpstream;
  let rig: UpstreamRig;
  let http: UpstreamHttpService;

  beforeEach(async () => {
    catalog = await fakeUpstream({
      'GET /products/:id': ({ params }) => ({ id: params.id }),
      'POST /orders': ({ body }) => reply(201, body),
    });
    rig = await upstreamRig([CatalogClient], {
      fakes: { catalog: [catalog] },
      defaults: { retryBudgetMin: 100 },
    });
    http = rig.app.get(CatalogClient).in(contextOf()).http;
  });

  afterEach(async () => {
    await rig.close();
    await catalog.close();
  });

  async function failureOf(url: string, options: object = {}): Promise<UpstreamError & AxiosError> {
    return firstValueFrom(http.get(url, options)).then(
      answer => Promise.reject(new Error(`answered ${JSON.stringify(answer.data)}`)),
      (error: UpstreamError & AxiosError) => error,
    );
  }

  it('is a real HttpService, injected or taken from the client', async () => {
    @Injectable()
    class Legacy {
      constructor(@InjectUpstreamHttp('catalog') readonly catalogHttp: UpstreamHttpService) {}
    }
    expect(Reflect.getMetadata('self:paramtypes', Legacy)).toEqual([{ index: 0, param: upstreamHttpToken('catalog') }]);
    const injected = rig.app.get<UpstreamHttpService>(upstreamHttpToken('catalog'));
    expect(injected).toBeInstanceOf(HttpService);
    expect(injected).toBe(rig.app.get(CatalogClient).http);
  });

  it('gives data, status and headers as axios does', async () => {
    catalog.on('GET /products/:id', () => reply(200, { id: '7' }, { 'X-Version': '3' }));
    const answer = await firstValueFrom(http.get<{ id: string }>('/products/7', { params: { q: 'a b' } }));
    expect(answer).toMatchObject({ status: 200, data: { id: '7' } });
    expect(answer.headers['x-version']).toBe('3');
    expect(answer.headers['connection']).toBeUndefined();
    expect(catalog.requests[0]!.url).toBe('/products/7?q=a+b');
  });

  it('sends JSON, forms, own headers and credentials; the framework its own', async () => {
    await firstValueFrom(
      http.post('/orders', { film: 7 }, { headers: { 'X-Tenant': 'a', Host: 'evil', 'X-Request-Id': 'mine' } }),
    );
    await firstValueFrom(
      http.post('orders', new URLSearchParams({ a: 'b c' }), { auth: { username: 'u', password: 'p' } }),
    );
    const [json, form] = catalog.requests;
    expect(json).toMatchObject({ method: 'POST', url: '/orders', body: { film: 7 } });
    expect(json!.headers).toMatchObject({
      'accept-encoding': 'identity',
      'content-type': 'application/json',
      host: `127.0.0.1:${catalog.port}`,
      'x-request-id': 'request-1',
      'x-tenant': 'a',
    });
    expect(Number(json!.headers['x-deadline-ms'])).toBeGreaterThan(0);
    expect(form!.headers).toMatchObject({ authorization: 'Basic dTpw' });
    expect(form!.body).toBe('a=b+c');
  });

  it('gives bytes where they are asked for', async () => {
    catalog.on('GET /picture', () => replyRaw(new Uint8Array([0, 255, 1]), { 'content-type': 'image/png' }));
    const { data } = await firstValueFrom(http.get('/picture', { responseType: 'arraybuffer' }));
    expect(data).toEqual(Buffer.from([0, 255, 1]));
  });

  it.each([
    'http://evil.example/x',
    'HTTPS://evil.example',
    '//evil.example/x',
    '/\\evil.example',
    'file:///etc/passwd',
    '/products/../admin',
    '/products/%2e%2E/admin',
    '/products/7\r\nx: y',
  ])('refuses the URL %j', async url => {
    expect(await failureOf(url)).toMatchObject({ isAxiosError: true, code: 'ERR_INVALID_URL' });
    expect(catalog.requests).toEqual([]);
  });

  it.each([{ baseURL: 'http://evil.example' }, { socketPath: '/tmp/x' }, { responseType: 'stream' }])(
    'refuses %j',
    async options => {
      const error = await failureOf('/products/7', options);
      expect(error.isAxiosError).toBe(true);
      expect(['ERR_NOT_SUPPORT', 'ERR_INVALID_URL']).toContain(error.code);
      expect(catalog.requests).toEqual([]);
    },
  );

  it('fails as an UpstreamError that axios code recognises too', async () => {
    catalog.on('GET /products/:id', () => reply(404, { message: 'gone' }));
    const error = await failureOf('/products/7');
    expect(error).toBeInstanceOf(UpstreamError);
    expect(isAxiosError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'upstream-status', status: 404, upstream: 'catalog' });
    expect(error.response).toMatchObject({ status: 404, data: { message: 'gone' } });
    expect(JSON.stringify(error)).not.toContain('gone');
  });

  it('leaves to validateStatus what a success is', async () => {
    catalog.on('GET /products/:id', () => reply(404, { message: 'gone' }));
    const answer = await firstValueFrom(http.get('/products/7', { validateStatus: () => true }));
    expect(answer).toMatchObject({ status: 404, data: { message: 'gone' } });
    catalog.on('GET /products/:id', () => ({}));
    expect(await failureOf('/products/7', { validateStatus: (status: number) => status === 418 })).toMatchObject({
      code: 'upstream-status',
      response: { status: 200 },
    });
  });

  it('follows no redirect', async () => {
    catalog.on('GET /products/:id', () => reply(302, undefined, { location: '/admin' }));
    expect(await failureOf('/products/7')).toMatchObject({ code: 'upstream-status', status: 302 });
    expect(catalog.requests).toHaveLength(1);
  });

  it.each([
    ['NaN', replyRaw('{"a":NaN}'), 'upstream-malformed'],
    ['an empty 200', replyRaw(''), 'upstream-malformed'],
    ['an encoded body', replyRaw('{}', { 'content-encoding': 'gzip' }), 'upstream-malformed'],
    ['an endless body', endless(), 'upstream-too-large'],
    ['a reset', reset(), 'upstream-reset'],
  ])('fails on %s', async (_, answer, code) => {
    catalog.on('GET /products/:id', () => answer);
    expect(await failureOf('/products/7')).toMatchObject({ code, isAxiosError: true });
  });

  it('cannot be polluted through __proto__', async () => {
    catalog.on('GET /products/:id', () => replyRaw('{"a":1,"__proto__":{"isAdmin":true}}'));
    const { data } = await firstValueFrom(http.get<object>('/products/7'));
    expect(Object.keys(data)).toEqual(['a']);
  });

  it('runs interceptors, which its bound copies share', async () => {
    rig.app.get(CatalogClient).http.axiosRef.interceptors.request.use(async config => {
      config.headers.set('x-added', 'yes');
      return config;
    });
    rig.app.get(CatalogClient).http.axiosRef.interceptors.response.use(answer => ({ ...answer, data: 'seen' }));
    const { data } = await firstValueFrom(http.get('/products/7'));
    expect(data).toBe('seen');
    expect(catalog.requests[0]!.headers['x-added']).toBe('yes');
  });

  it('tries a GET on the other instance when one resets it', async () => {
    const broken = await fakeUpstream({ 'GET /products/:id': () => reset() });
    rig.source.set('catalog', broken.instance('catalog'), catalog.instance('catalog'));
    for (let i = 0; i < 10; i++) {
      await expect(firstValueFrom(http.get('/products/7'))).resolves.toMatchObject({ status: 200 });
    }
    await broken.close();
  });

  describe('ending it early', () => {
    beforeEach(() => void catalog.on('GET /slow', () => hang()));

    it('takes `timeout` for the attempt', async () => {
      expect(await failureOf('/slow', { timeout: 50 })).toMatchObject({ code: 'upstream-timeout' });
    });

    it('ends at the deadline of its context', async () => {
      http = rig.app.get(CatalogClient).in(contextOf(50)).http;
      expect(await failureOf('/slow')).toMatchObject({ code: 'deadline-exceeded' });
    });

    it('closes the socket when unsubscribed', async () => {
      const subscription = http.get('/slow').subscribe();
      const request = await catalog.received(1);
      subscription.unsubscribe();
      await expect(request.closed).resolves.toBe('abandoned');
    });

    it('closes the socket when its signal aborts', async () => {
      const controller = new AbortController();
      const failed = failureOf('/slow', { signal: controller.signal });
      const request = await catalog.received(1);
      controller.abort();
      expect(await failed).toMatchObject({ code: 'ERR_CANCELED' });
      await expect(request.closed).resolves.toBe('abandoned');
    });
  });

  describe('context', () => {
    const idOf = (n: number): unknown => catalog.requests[n]!.headers['x-request-id'];

    it('is taken when the method is called', async () => {
      const free = rig.app.get(CatalogClient).http;
      const get = runInContext(contextOf(5_000, 'first'), () => free.get('/products/7'));
      await runInContext(contextOf(5_000, 'second'), () => firstValueFrom(get));
      expect(idOf(0)).toBe('first');
    });

    it('is taken when axiosRef is called, interceptors or not', async () => {
      const { axiosRef } = rig.app.get(CatalogClient).http;
      await runInContext(contextOf(5_000, 'first'), () => axiosRef.get('/products/7'));
      axiosRef.interceptors.request.use(async config => config);
      const call = runInContext(contextOf(5_000, 'second'), () => axiosRef.get('/products/7'));
      await runInContext(contextOf(5_000, 'third'), () => call);
      expect([idOf(0), idOf(1)]).toEqual(['first', 'second']);
    });

    it('must be there', async () => {
      const free = rig.app.get(CatalogClient).http;
      expect(() => free.get('/products/7')).toThrow(/detachedContext/);
      await expect(free.axiosRef.get('/products/7')).rejects.toThrow(/detachedContext/);
      expect(() => free.axiosRef.create()).toThrow(/not possible/);
      await firstValueFrom(free.in(detachedContext({ deadlineMs: 1_000, requestId: 'job' })).get('/products/7'));
      expect(idOf(0)).toBe('job');
    });

    it('keeps 100 users apart', async () => {
      catalog.on('GET /who', ({ headers }) => delayed(1, reply(200, { id: headers['x-request-id'] })));
      const client = rig.app.get(CatalogClient);
      const ask = async (context: CallContext): Promise<unknown> => {
        const answers = runInContext(context, () => {
          const first = client.http.get('/who');
          return first.pipe(
            switchMap(({ data }) => of(data).pipe(switchMap(() => client.in(context).http.get('/who')))),
          );
        });
        return (await firstValueFrom(answers)).data;
      };
      const users = Array.from({ length: 100 }, (_, i) => `user-${i}`);
      const answers = await Promise.all(users.map(user => ask(contextOf(5_000, user))));
      expect(answers).toEqual(users.map(id => ({ id })));
    });
  });
});

describe('axiosTarget', () => {
  it.each([
    ['/a', '/a'],
    ['a/b?c=d', '/a/b?c=d'],
    ['/a b/ü?x=ü', '/a%20b/%C3%BC?x=%C3%BC'],
    ['/a#b', '/a'],
    ['', '/'],
    ['/a?u=http://b/../c', '/a?u=http://b/../c'],
    ['/a:b', '/a:b'],
  ])('makes %j into %j', (url, target) => {
    expect(axiosTarget(url)).toBe(target);
  });
});
