import { status as Status, Metadata } from '@grpc/grpc-js';
import { Credentials, RequestContext, systemClock, UpstreamError } from 'guichet/kernel';
import { firstValueFrom, toArray } from 'rxjs';
import { z } from 'zod';
import { grpcServer, type GrpcHandlers, type GrpcServer, PRICING_PROTO } from '../../test/grpc/grpc-server.js';
import { contextOf, started, upstreamRig, type UpstreamRig } from '../../test/upstream-rig.js';
import type { UpstreamOptions } from '../upstream-options.js';
import { Upstream } from '../upstream.decorator.js';
import { GrpcService } from './grpc-service.js';
import { type GrpcCallOptions, type GrpcCollectOptions, GrpcUpstream } from './grpc-upstream.js';

interface Quote {
  readonly sku: string;
  readonly amountCents: string;
  readonly currency: string;
  readonly notes: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly inner: Quote | null;
}

interface Pricing {
  Quote(request: { sku: string; count?: number }): Quote;
  Charge(request: { sku: string }): Promise<Quote>;
  Settle(request: { sku: string }): Quote;
  Watch(request: { sku: string; count?: number }): AsyncIterable<Quote>;
  Upload(request: { sku: string }): Quote;
  Misspelt(request: { sku: string }): Quote;
}

@Upstream('pricing', { timeoutMs: 2_000, maxRetries: 1, connectionRestMs: 0 })
@GrpcService('test.pricing.v1.Pricing', { files: PRICING_PROTO })
class PricingClient extends GrpcUpstream<Pricing> {
  quote(sku: string, options?: GrpcCallOptions<Quote>) {
    return this.unary('Quote', { sku }, options);
  }

  charge(sku: string, options?: GrpcCallOptions<Quote>) {
    return this.unary('Charge', { sku }, options);
  }

  watch(sku: string, options?: GrpcCollectOptions<Quote>) {
    return this.collect('Watch', { sku }, options);
  }

  firstQuote(sku: string) {
    return this.first('Watch', { sku });
  }

  each(sku: string) {
    return this.stream('Watch', { sku });
  }

  wrong(how: 'upload' | 'misspelt' | 'unary' | 'stream') {
    switch (how) {
      case 'upload':
        return this.unary('Upload', { sku: '1' });
      case 'misspelt':
        return this.unary('Misspelt', { sku: '1' });
      case 'unary':
        return this.unary('Watch', { sku: '1' });
      case 'stream':
        return this.first('Quote', { sku: '1' });
    }
  }
}

let rig: UpstreamRig;
const servers: GrpcServer[] = [];

async function serve(handlers: GrpcHandlers = {}, options: UpstreamOptions = {}, count = 1): Promise<PricingClient> {
  for (let i = 0; i < count; i++) servers.push(await grpcServer(handlers));
  rig = await upstreamRig([PricingClient], { overrides: { pricing: options } });
  rig.source.set('pricing', ...servers.map(server => server.instance()));
  return rig.app.get(PricingClient);
}

const failure = (call: { readonly outcome: Promise<unknown> }): Promise<UpstreamError> =>
  call.outcome.then(
    () => {
      throw new Error('did not fail');
    },
    error => error as UpstreamError,
  );

afterEach(async () => {
  await rig.close();
  await Promise.all(servers.splice(0).map(server => server.stop()));
});

describe('a unary call', () => {
  it('sends one message and gives the other, as plain values', async () => {
    const client = await serve();
    await expect(firstValueFrom(client.in(contextOf()).quote('chair'))).resolves.toEqual({
      sku: 'chair',
      amountCents: '9007199254740993',
      currency: 'EUR',
      notes: {},
      tags: [],
      inner: null,
    });
    expect(servers[0]!.seen[0]!.request).toMatchObject({ sku: 'chair' });
  });

  it('gives what its schema makes of the message, and fails where it does not fit', async () => {
    const client = await serve();
    const schema = z.object({ amountCents: z.coerce.bigint() }) as never;
    await expect(firstValueFrom(client.in(contextOf()).quote('chair', { schema }))).resolves.toEqual({
      amountCents: 9007199254740993n,
    });
    const wrong = z.object({ sku: z.literal('table') }) as never;
    await expect(firstValueFrom(client.in(contextOf()).quote('chair', { schema: wrong }))).rejects.toMatchObject({
      code: 'upstream-malformed',
      message: 'pricing: UNARY test.pricing.v1.Pricing/Quote answer does not fit its schema at sku',
    });
  });

  it('tells the instance who asks, what for and how long, and nothing else', async () => {
    const client = await serve();
    const request = new RequestContext('request-7', systemClock.now());
    Object.assign(request, {
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      locale: 'de',
      credentials: new Credentials('secret-token'),
    });
    const context = { request, deadlineAt: systemClock.now() + 700 };
    const options = { headers: { 'X-Tenant': 'north' }, idempotencyKey: 'key-1', identity: 'user' } as const;
    await firstValueFrom(client.in(context).quote('chair', options));
    const { metadata, leftMs } = servers[0]!.seen[0]!;
    expect(metadata.getMap()).toEqual({
      'user-agent': expect.stringContaining('grpc'),
      'x-request-id': 'request-7',
      'x-deadline-ms': expect.stringMatching(/^[67]\d\d$/),
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'accept-language': 'de',
      authorization: 'Bearer secret-token',
      'idempotency-key': 'key-1',
      'x-tenant': 'north',
    });
    expect(leftMs).toBeGreaterThan(300);
    expect(leftMs).toBeLessThanOrEqual(701);
  });

  it('cannot set what is gRPC’s own, nor send what metadata cannot hold', async () => {
    const client = (await serve()).in(contextOf());
    expect(() => client.quote('1', { headers: { 'grpc-timeout': '1S' } })).toThrow(/gRPC's own/);
    expect(() => client.quote('1', { headers: { 'trace-bin': 'x' } })).toThrow(/-bin/);
    expect(() => client.quote('1', { headers: { 'x-tenant': 'n\u00f6rd' } })).toThrow(/characters/);
    expect(() => client.charge('1', { idempotencyKey: '\u00e9' })).toThrow(/characters/);
  });

  it.each([
    ['upload', /takes a stream/],
    ['misspelt', /no method "Misspelt"/],
    ['unary', /answers with a stream: call it by first, collect or stream/],
    ['stream', /is no stream: call it by unary/],
  ] as const)('throws for a mistake in the client: %s', async (how, message) => {
    const client = await serve();
    expect(() => client.in(contextOf()).wrong(how)).toThrow(message);
  });

  it('ends at the instance when it is cancelled', async () => {
    let asked!: () => void;
    const isAsked = new Promise<void>(resolve => (asked = resolve));
    const client = await serve({ quote: () => asked() });
    const call = started(client.in(contextOf()).quote('chair'));
    await isAsked;
    call.handle.cancel();
    await expect(servers[0]!.seen[0]!.cancelled).resolves.toBe('cancelled');
  });
});

describe('the statuses of gRPC', () => {
  it.each([
    ['CANCELLED', 500],
    ['UNKNOWN', 500],
    ['INVALID_ARGUMENT', 400],
    ['NOT_FOUND', 404],
    ['ALREADY_EXISTS', 409],
    ['PERMISSION_DENIED', 403],
    ['RESOURCE_EXHAUSTED', 429],
    ['FAILED_PRECONDITION', 400],
    ['ABORTED', 409],
    ['OUT_OF_RANGE', 400],
    ['UNIMPLEMENTED', 501],
    ['INTERNAL', 500],
    ['UNAVAILABLE', 503],
    ['DATA_LOSS', 500],
    ['UNAUTHENTICATED', 401],
  ] as const)('are told as the HTTP status that means the same: %s', async (name, expected) => {
    const client = await serve({
      charge: (_, callback) => callback({ code: Status[name], details: 'what leaves must not hold this' }),
    });
    const error = await failure(started(client.in(contextOf()).charge('chair')));
    expect(error).toMatchObject({ code: 'upstream-status', status: expected, upstream: 'pricing' });
    expect(error.message).toBe(`pricing: UNARY test.pricing.v1.Pricing/Charge answered ${name}`);
    expect(error.instance).toBe(`127.0.0.1:${servers[0]!.port}`);
  });

  it('are told the same after a head', async () => {
    const client = await serve({
      charge: (call, callback) => {
        call.sendMetadata(new Metadata());
        callback({ code: Status.NOT_FOUND });
      },
    });
    await expect(failure(started(client.in(contextOf()).charge('chair')))).resolves.toMatchObject({
      code: 'upstream-status',
      status: 404,
    });
  });

  it('have a time to come again, where the instance says one', async () => {
    const metadata = new Metadata();
    metadata.set('grpc-retry-pushback-ms', '1500');
    const client = await serve({ charge: (_, callback) => callback({ code: Status.RESOURCE_EXHAUSTED, metadata }) });
    await expect(failure(started(client.in(contextOf()).charge('chair')))).resolves.toMatchObject({
      status: 429,
      retryAfterMs: 1_500,
    });
  });
});

describe('the layers', () => {
  it('try a call elsewhere that changes nothing, and no other', async () => {
    let answered = 0;
    const flaky: GrpcHandlers['quote'] = (call, callback) =>
      answered++ === 0 ? callback({ code: Status.UNAVAILABLE }) : callback(null, { sku: call.request.sku });
    const client = await serve({ quote: flaky, charge: flaky }, {}, 2);
    await expect(firstValueFrom(client.in(contextOf()).quote('chair'))).resolves.toMatchObject({ sku: 'chair' });
    const seen = servers.flatMap(server => server.seen);
    expect(seen).toHaveLength(2);
    expect(servers.map(server => server.seen.length)).toEqual([1, 1]);
    expect(seen.map(({ metadata }) => metadata.get('x-previous-attempts').length).filter(Boolean)).toEqual([1]);
    answered = 0;
    await expect(firstValueFrom(client.in(contextOf()).charge('chair'))).rejects.toMatchObject({ status: 503 });
    answered = 0;
    await expect(
      firstValueFrom(client.in(contextOf()).charge('chair', { idempotencyKey: 'k' })),
    ).resolves.toMatchObject({ sku: 'chair' });
  });

  it('share what asks the same for the same identity', async () => {
    const pending: (() => void)[] = [];
    const client = await serve({
      quote: (call, callback) => pending.push(() => callback(null, { sku: call.request.sku })),
    });
    const as = (name: string) => {
      const context = contextOf();
      Object.assign(context.request, {
        credentials: new Credentials(name),
        principal: { issuer: 'i', subject: name, claims: {} },
      });
      return context;
    };
    const calls = [
      client.in(contextOf()).quote('chair'),
      client.in(contextOf()).quote('chair'),
      client.in(contextOf()).quote('table'),
      client.in(as('ann')).quote('chair', { identity: 'user' }),
      client.in(as('bob')).quote('chair', { identity: 'user' }),
    ].map(call => started(call).outcome);
    while (pending.length < 4) await new Promise(resolve => setImmediate(resolve));
    for (const answer of pending) answer();
    await expect(Promise.all(calls)).resolves.toMatchObject(
      ['chair', 'chair', 'table', 'chair', 'chair'].map(sku => ({ sku })),
    );
    expect(servers[0]!.seen).toHaveLength(4);
  });

  it('end an attempt in its time, and a call at its deadline', async () => {
    const client = await serve({ charge: () => {} }, { timeoutMs: 60 });
    await expect(failure(started(client.in(contextOf()).charge('chair')))).resolves.toMatchObject({
      code: 'upstream-timeout',
    });
    await expect(failure(started(client.in(contextOf(30)).charge('chair')))).resolves.toMatchObject({
      code: 'deadline-exceeded',
    });
    await Promise.all(servers[0]!.seen.map(({ cancelled }) => cancelled));
  });
});

describe('a stream', () => {
  const three: GrpcHandlers = {
    watch: call => {
      for (const sku of ['a', 'b', 'c']) call.write({ sku });
      call.end();
    },
  };
  const endless: GrpcHandlers = {
    watch: call => {
      call.write({ sku: 'a' });
      call.write({ sku: 'b' });
    },
  };

  it('is a list of all its messages, in order', async () => {
    const client = await serve(three);
    const messages = await firstValueFrom(client.in(contextOf()).watch('chair'));
    expect(messages.map(({ sku }) => sku)).toEqual(['a', 'b', 'c']);
  });

  it('is let go once enough came', async () => {
    const client = await serve(endless);
    const messages = await firstValueFrom(client.in(contextOf()).watch('chair', { take: 2 }));
    expect(messages).toHaveLength(2);
    await expect(firstValueFrom(client.in(contextOf()).firstQuote('chair'))).resolves.toMatchObject({ sku: 'a' });
    await Promise.all(servers[0]!.seen.map(({ cancelled }) => cancelled));
  });

  it('fails when it has more messages, or more bytes, than it may', async () => {
    const client = await serve(three, { maxBytes: 8 });
    await expect(firstValueFrom(client.in(contextOf()).watch('chair', { maxMessages: 1 }))).rejects.toMatchObject({
      code: 'upstream-too-large',
      message: expect.stringContaining('more than 1 messages'),
    });
    await expect(firstValueFrom(client.in(contextOf()).watch('chair'))).rejects.toMatchObject({
      code: 'upstream-too-large',
      message: expect.stringContaining('more than 8 bytes'),
    });
  });

  it('has no first message where it has none', async () => {
    const client = await serve({ watch: call => call.end() });
    await expect(firstValueFrom(client.in(contextOf()).firstQuote('chair'))).rejects.toMatchObject({
      code: 'upstream-malformed',
    });
    await expect(firstValueFrom(client.in(contextOf()).watch('chair'))).resolves.toEqual([]);
  });

  it('comes message by message, anew for each who subscribes', async () => {
    const client = await serve(three);
    const stream = client.in(contextOf()).each('chair');
    for (let i = 0; i < 2; i++) {
      const messages = await firstValueFrom(stream.pipe(toArray()));
      expect(messages.map(({ sku }) => sku)).toEqual(['a', 'b', 'c']);
    }
    expect(servers[0]!.seen).toHaveLength(2);
  });

  it('ends at the instance when nobody wants more of it', async () => {
    const client = await serve(endless);
    await expect(firstValueFrom(client.in(contextOf()).each('chair'))).resolves.toMatchObject({ sku: 'a' });
    await servers[0]!.seen[0]!.cancelled;
  });

  it('is not asked for again once a message came', async () => {
    const broken: GrpcHandlers = {
      watch: call => {
        call.write({ sku: 'a' });
        call.emit('error', { code: Status.UNAVAILABLE });
      },
    };
    const client = await serve(broken, {}, 2);
    const seen: string[] = [];
    const ended = new Promise(resolve =>
      client
        .in(contextOf())
        .each('chair')
        .subscribe({ next: ({ sku }) => seen.push(sku), error: resolve }),
    );
    await expect(ended).resolves.toBeInstanceOf(UpstreamError);
    expect(seen).toEqual(['a']);
    expect(servers.flatMap(server => server.seen)).toHaveLength(1);
  });
});
