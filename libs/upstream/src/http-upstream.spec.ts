import { Injectable } from '@nestjs/common';
import { type CallContext, InvalidInput, runInContext, type UpstreamError } from 'guichet/kernel';
import { delayed, fakeUpstream, type FakeUpstream, reply, replyRaw } from 'guichet/testing';
import { firstValueFrom, lastValueFrom, of, switchMap } from 'rxjs';
import { z } from 'zod';
import { contextOf, started, upstreamRig, type UpstreamRig } from '../test/upstream-rig.js';
import { detachedContext } from './detached-context.js';
import { HttpUpstream } from './http-upstream.js';
import { Upstream } from './upstream.decorator.js';

const Product = z.object({ id: z.string(), price: z.number().optional() });

@Upstream('catalog')
class CatalogClient extends HttpUpstream {
  product = (id: string) => this.get('/products/:id', { params: { id }, schema: Product });
  search(query: string) {
    return this.get('/products', { query: { q: query, tag: ['a', 'b'] }, schema: z.array(Product) });
  }
  anything() {
    return this.get('/anything');
  }
  headed(value: string) {
    return this.get('/anything', { headers: { 'x-tenant': value } });
  }
  place(item: unknown, idempotencyKey?: string) {
    return this.post('/orders', {
      body: item,
      schema: z.object({ number: z.number() }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    });
  }
  replace(id: number) {
    return this.put('/products/:id', { params: { id }, body: { id } });
  }
  change(id: number) {
    return this.patch('/products/:id', { params: { id }, body: { id } });
  }
  remove(id: number) {
    return this.delete('/products/:id', { params: { id } });
  }
  peek(id: string) {
    return this.head('/products/:id', { params: { id } });
  }
  async both(id: string) {
    const { id: found } = await firstValueFrom(this.details(id));
    return firstValueFrom(this.details(`${found}-more`));
  }
  private details(id: string) {
    return this.get('/products/:id', { params: { id }, schema: Product });
  }
}

describe('a client of an upstream', () => {
  let catalog: FakeUpstream;
  let rig: UpstreamRig;
  let client: CatalogClient;

  beforeEach(async () => {
    catalog = await fakeUpstream({ 'GET /products/:id': ({ params }) => ({ id: params.id, secret: 1 }) });
    rig = await upstreamRig([CatalogClient], { fakes: { catalog: [catalog] } });
    client = rig.app.get(CatalogClient);
  });

  afterEach(async () => {
    await rig.close();
    await catalog.close();
  });

  const call = <T>(make: () => T, context: CallContext = contextOf()): T => runInContext(context, make);

  it('gives what the schema makes of the answer', async () => {
    await expect(firstValueFrom(call(() => client.product('42')))).resolves.toEqual({ id: '42' });
  });

  it('is cold: sends nothing before it is subscribed to, and once for every subscription', async () => {
    const product = call(() => client.product('42'));
    expect(catalog.requests).toHaveLength(0);
    await firstValueFrom(product);
    await lastValueFrom(product);
    expect(catalog.requests).toHaveLength(2);
  });

  it('sends method, path, query and JSON body as declared', async () => {
    catalog
      .on('GET /products', () => [])
      .on('POST /orders', () => ({ number: 1 }))
      .on('PUT /products/:id', () => reply(204))
      .on('PATCH /products/:id', () => reply(204))
      .on('DELETE /products/:id', () => reply(204));
    await firstValueFrom(call(() => client.search('a b&c')));
    await expect(firstValueFrom(call(() => client.place({ film: 'ü' })))).resolves.toEqual({ number: 1 });
    for (const make of [() => client.replace(1), () => client.change(1), () => client.remove(1)]) {
      await expect(firstValueFrom(call(make))).resolves.toBeUndefined();
    }
    expect(catalog.requests.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['GET', '/products?q=a%20b%26c&tag=a&tag=b', undefined],
      ['POST', '/orders', { film: 'ü' }],
      ['PUT', '/products/1', { id: 1 }],
      ['PATCH', '/products/1', { id: 1 }],
      ['DELETE', '/products/1', undefined],
    ]);
    expect(catalog.requests[1]!.headers['content-type']).toBe('application/json');
  });

  it('gives status and headers of a HEAD', async () => {
    catalog.on('HEAD /products/:id', () => reply(200, undefined, { 'x-version': '7' }));
    const head = await firstValueFrom(call(() => client.peek('1')));
    expect(head).toMatchObject({ status: 200, headers: { 'x-version': '7' } });
  });

  it('sends of the client no more than trace, request id, deadline and locale', async () => {
    const context = contextOf(400, 'request-7');
    Object.assign(context.request, {
      locale: 'fr-CA',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      tracestate: 'a=1',
    });
    catalog.on('POST /orders', () => ({ number: 1 }));
    await firstValueFrom(call(() => client.place({}, 'key-1'), context));
    const { 'x-deadline-ms': deadline, ...rest } = catalog.requests[0]!.headers;
    expect(rest).toEqual({
      accept: 'application/json',
      'accept-encoding': 'identity',
      'accept-language': 'fr-CA',
      connection: 'keep-alive',
      'content-length': '2',
      'content-type': 'application/json',
      host: `127.0.0.1:${catalog.port}`,
      'idempotency-key': 'key-1',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      tracestate: 'a=1',
      'x-request-id': 'request-7',
    });
    expect(Number(deadline)).toBeGreaterThan(200);
    expect(Number(deadline)).toBeLessThanOrEqual(400);
  });

  it.each([['a\r\nx-evil: 1'], ['\u2028']])('refuses the header value %j', value => {
    expect(() => call(() => client.headed(value))).toThrow(InvalidInput);
  });

  it.each(['../../admin', '//evil', '%2e%2e%2f', '?x=', 'a\r\nGET /admin HTTP/1.1', '#', 'a/b', '\\..\\admin'])(
    'keeps %j in its segment on the wire',
    async id => {
      await expect(firstValueFrom(call(() => client.product(id)))).resolves.toEqual({ id });
      expect(catalog.requests.map(({ url }) => url)).toEqual([`/products/${encodeURIComponent(id)}`]);
    },
  );

  it.each(['..', '.', '', 'x'.repeat(10_240), '\ud800'])('sends nothing for the id %.10j', id => {
    expect(() => call(() => client.product(id))).toThrow(InvalidInput);
    expect(catalog.requests).toEqual([]);
  });

  describe('context', () => {
    it('says what to write where there is none', () => {
      expect(() => client.product('1')).toThrow(/client\.in\(ctx\)/);
      expect(() => client.http.get('/x')).toThrow(/client\.in\(ctx\)/);
    });

    it('is the one that was current when the call was made, not when it was subscribed to', async () => {
      const first = call(() => client.product('1'), contextOf(5_000, 'first'));
      await call(() => firstValueFrom(first), contextOf(5_000, 'second'));
      expect(catalog.requests[0]!.headers['x-request-id']).toBe('first');
    });

    it('can be bound, also for the calls a client makes later by itself', async () => {
      const bound = client.in(contextOf(5_000, 'bound'));
      expect(bound).toBeInstanceOf(CatalogClient);
      await bound.both('1');
      await call(() =>
        firstValueFrom(client.in(detachedContext({ deadlineMs: 100, requestId: 'job' })).anything()),
      ).catch(() => undefined);
      expect(catalog.requests.map(({ headers }) => headers['x-request-id'])).toEqual(['bound', 'bound', 'job']);
    });

    it('keeps 100 users apart who share two connections and go through switchMap', async () => {
      await rig.close();
      catalog.on('GET /anything', ({ headers }) => delayed(2, reply(200, { id: headers['x-request-id'] })));
      rig = await upstreamRig([CatalogClient], {
        fakes: { catalog: [catalog] },
        // Each answer echoes its request's id, which no shared one could.
        defaults: { maxConnections: 2, timeoutMs: 5_000, singleflight: false },
      });
      client = rig.app.get(CatalogClient);
      // maxConnections: 2 lets two more wait; a hundred at once would be refused, so each user waits for a turn.
      const users = Array.from({ length: 100 }, (_, i) => `user-${i}`);
      const seen: [string, unknown][] = [];
      const next = async (): Promise<void> => {
        for (let user = users.shift(); user !== undefined; user = users.shift()) {
          const context = contextOf(5_000, user);
          const answers = call(
            () =>
              of(1).pipe(
                switchMap(() => client.in(context).anything()),
                switchMap(() => client.in(context).anything()),
              ),
            context,
          );
          seen.push([user, await lastValueFrom(answers)]);
        }
      };
      await Promise.all([next(), next(), next(), next()]);
      expect(seen).toHaveLength(100);
      for (const [user, answer] of seen) expect(answer).toEqual({ id: user });
      expect(catalog.connectionCount).toBeLessThanOrEqual(2);
    });
  });

  describe('what is no answer', () => {
    async function failure(make: () => unknown = () => client.product('1')): Promise<UpstreamError> {
      const call$ = call(make) as ReturnType<CatalogClient['product']>;
      return started(call$).outcome.then(
        value => {
          throw new Error(`answered ${JSON.stringify(value)}`);
        },
        (error: UpstreamError) => error,
      );
    }

    it('names the field that does not fit the schema, not its value', async () => {
      catalog.on('GET /products/:id', () => ({ id: 'secret-value', price: 'secret-price' }));
      const error = await failure();
      expect(error).toMatchObject({ code: 'upstream-malformed', upstream: 'catalog', status: 200 });
      expect(error.message).toBe('catalog: GET /products/:id answer does not fit its schema at price');
    });

    it.each([
      ['NaN', replyRaw('{"id":NaN}')],
      ['cut off', replyRaw('{"id":')],
      ['empty', replyRaw('')],
      ['nothing, 204', reply(204)],
      ['HTML', replyRaw('{"id":"1"}', { 'content-type': 'text/html' })],
      ['without a type', replyRaw('{"id":"1"}', { 'content-type': '' })],
      ['encoded', replyRaw('{"id":"1"}', { 'content-encoding': 'gzip' })],
    ])('%s is upstream-malformed', async (_, answer) => {
      catalog.on('GET /products/:id', () => answer);
      expect(await failure()).toMatchObject({ code: 'upstream-malformed' });
    });

    it('takes application/problem+json and a charset for JSON', async () => {
      catalog.on('GET /products/:id', () =>
        replyRaw('{"id":"1"}', { 'content-type': 'application/vnd.shop+json;charset=UTF-8' }),
      );
      await expect(firstValueFrom(call(() => client.product('1')))).resolves.toEqual({ id: '1' });
    });

    it.each([301, 304, 400, 404, 409, 422, 429, 500, 503])('%p is upstream-status', async status => {
      catalog.on('GET /products/:id', () =>
        reply(status, status === 304 ? undefined : { field: 'id' }, { location: '/x', 'retry-after': '2' }),
      );
      const body = [400, 409, 422].includes(status) ? { field: 'id' } : undefined;
      const error = await failure();
      expect(error).toMatchObject({ code: 'upstream-status', status, retryAfterMs: 2_000 });
      expect(error.body).toEqual(body);
      expect(catalog.requests).toHaveLength(1);
    });

    it('passes unchecked JSON on without a key that could replace a prototype', async () => {
      catalog.on('GET /anything', () => replyRaw('{"a":1,"__proto__":{"isAdmin":true}}'));
      const value = (await firstValueFrom(call(() => client.anything()))) as object;
      expect(Object.assign({}, value)).toEqual({ a: 1 });
      expect((Object.assign({}, value) as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    });

    it('hands a mistake of the schema on as a mistake', async () => {
      @Injectable()
      @Upstream('catalog')
      class Careless extends CatalogClient {
        careless() {
          return this.get('/anything', {
            schema: z.unknown().refine(() => {
              throw new RangeError('a bug');
            }),
          });
        }
      }
      const careless = await upstreamRig([Careless], { fakes: { catalog: [catalog.on('GET /anything', () => 1)] } });
      const outcome = started(call(() => careless.app.get(Careless).careless())).outcome;
      await expect(outcome).rejects.toThrow(TypeError);
      await careless.close();
    });
  });

  it('says how to make a client that Nest did not make', () => {
    expect(() => call(() => new CatalogClient().product('1'))).toThrow(/UpstreamModule\.forRoot/);
  });
});
