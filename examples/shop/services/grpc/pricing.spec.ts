import { credentials, type Metadata, makeClientConstructor, type ServiceError, status } from '@grpc/grpc-js';
import { films } from '../data/films.js';
import type { RunningService } from '../http/server.js';
import { GrpcFaults } from './faults.js';
import { loadService } from './load-service.js';
import { pricing } from './pricing.methods.js';
import { serveGrpc } from './server.js';

interface Quote {
  readonly sku: string;
  readonly amountCents: number;
  readonly listAmountCents: number;
}
type Unary = (request: object, done: (error: ServiceError | null, answer: never) => void) => { cancel(): void };

/** A plain client of grpc-js, as anybody would write it. */
class Caller {
  private readonly clients: { readonly service: string; readonly client: Record<string, Unary> & { close(): void } }[];

  constructor({ port }: RunningService) {
    const health = new URL('./health.proto', import.meta.url);
    this.clients = [
      { proto: pricing.proto, service: pricing.service },
      { proto: health, service: 'grpc.health.v1.Health' },
    ].map(({ proto, service }) => {
      const Client = makeClientConstructor(loadService(proto, service), service);
      return { service, client: new Client(`127.0.0.1:${port}`, credentials.createInsecure()) as never };
    });
  }

  /** @returns the answer, or the status */
  call<T>(method: string, request: object, began?: (call: { cancel(): void }) => void): Promise<T | status> {
    const { client } = this.clients.find(one => method in one.client)!;
    return new Promise(resolve => {
      const call = client[method]!(request, (error, answer) => resolve(error ? error.code : answer));
      began?.(call);
    });
  }

  close(): void {
    for (const { client } of this.clients) client.close();
  }
}

let service: RunningService;
let caller: Caller;
const begin = async (faults?: GrpcFaults): Promise<void> => {
  service = await serveGrpc(pricing, '127.0.0.1', 0, faults);
  caller = new Caller(service);
};
const end = async (): Promise<void> => {
  caller.close();
  await service.stop();
};

describe('pricing', () => {
  beforeAll(() => begin());
  afterAll(end);

  it('asks gold for 15 % less', async () => {
    const basic = (await caller.call<Quote>('GetQuote', { sku: 'F0001' })) as Quote;
    const gold = (await caller.call<Quote>('GetQuote', { sku: 'F0001', tier: 'TIER_GOLD' })) as Quote;
    expect(gold.listAmountCents).toBe(basic.amountCents);
    expect(gold.amountCents).toBe(Math.round(basic.amountCents * 0.85));
  });

  it('has a positive price for every film', async () => {
    for (let first = 0; first < films.length; first += 100) {
      const skus = films.slice(first, first + 100).map(film => film.sku);
      const { quotes } = (await caller.call<{ quotes: Quote[] }>('ListQuotes', { skus })) as { quotes: Quote[] };
      expect(quotes.map(({ sku }) => sku)).toEqual(skus);
      expect(quotes.every(quote => Number.isInteger(quote.amountCents) && quote.amountCents > 0)).toBe(true);
    }
  });

  it('knows two tiers, and takes at most 100 articles at once', async () => {
    expect(await caller.call('GetQuote', { sku: 'F0001', tier: 7 })).toBe(status.INVALID_ARGUMENT);
    expect(await caller.call('ListQuotes', { skus: Array(101).fill('F0001') })).toBe(status.INVALID_ARGUMENT);
    expect(await caller.call('ListQuotes', {})).toBe(status.INVALID_ARGUMENT);
    expect(await caller.call('GetQuote', { sku: 'F9999' })).toBe(status.NOT_FOUND);
  });

  it('says by grpc.health.v1 that it serves', async () => {
    expect(await caller.call('Check', {})).toEqual({ status: 'SERVING' });
    expect(await caller.call('Check', { service: pricing.service })).toEqual({ status: 'SERVING' });
    expect(await caller.call('Check', { service: 'nobody' })).toBe(status.NOT_FOUND);
  });

  it('takes no faults unless it was started for them', () => {
    expect(service.faultsPort).toBeUndefined();
  });
});

describe('a gRPC service with faults', () => {
  beforeEach(() => begin(new GrpcFaults()));
  afterEach(end);

  const told = async (path: string, init?: RequestInit) =>
    (await (await fetch(`http://127.0.0.1:${service.faultsPort}/_faults${path}`, init)).json()) as never;
  const put = (fault: object) => told('', { method: 'PUT', body: JSON.stringify(fault) });

  it.each([
    [{ status: 503 }, status.UNAVAILABLE],
    [{ status: 500 }, status.INTERNAL],
    [{ reset: true }, status.UNAVAILABLE],
    [{ malformed: true }, status.INTERNAL],
  ])('suffers %j, until told otherwise; its health does not', async (fault, code) => {
    await put(fault);
    expect(await caller.call('GetQuote', { sku: 'F0001' })).toBe(code);
    expect(await caller.call('Check', {})).toEqual({ status: 'SERVING' });
    await told('', { method: 'DELETE' });
    expect(await caller.call('GetQuote', { sku: 'F0001' })).toMatchObject({ sku: 'F0001' });
  });

  it('drips: the answer takes as long as its bytes', async () => {
    await put({ dripMs: 1 });
    const start = performance.now();
    expect(await caller.call('GetQuote', { sku: 'F0001' })).toMatchObject({ sku: 'F0001' });
    expect(performance.now() - start).toBeGreaterThanOrEqual(50);
  });

  it('remembers what arrived, and who left', async () => {
    await put({ delayMs: 60_000 });
    const requests = async () => ((await told('/requests')) as { requests: { headers: Metadata }[] }).requests;
    let call: { cancel(): void } | undefined;
    const answer = caller.call('GetQuote', { sku: 'F0001' }, begun => (call = begun));
    while ((await requests()).length === 0) await new Promise(setImmediate);
    call!.cancel();
    expect(await answer).toBe(status.CANCELLED);
    while (((await told('/aborted')) as { aborted: number }).aborted === 0) await new Promise(setImmediate);
    expect(await requests()).toMatchObject([
      { method: 'GRPC', url: '/shop.pricing.v1.Pricing/GetQuote', body: { sku: 'F0001', tier: 'TIER_UNSPECIFIED' } },
    ]);
  });

  it('lets a call under way finish when it is stopped', async () => {
    await put({ delayMs: 100 });
    const answer = caller.call('GetQuote', { sku: 'F0001' });
    while (((await told('/requests')) as { requests: unknown[] }).requests.length === 0)
      await new Promise(setImmediate);
    await service.stop();
    expect(await answer).toMatchObject({ sku: 'F0001' });
    expect(await caller.call('Check', {})).toBe(status.UNAVAILABLE);
  });
});
