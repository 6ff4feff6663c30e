// What must compile, and what must not, of clients that speak something else: checked by the type check, never run.
import type { Observable } from 'rxjs';
import { z } from 'zod';
import {
  batch,
  graphqlDocument,
  type GraphqlOutcome,
  GraphqlUpstream,
  GrpcUpstream,
  HttpUpstream,
  MicroserviceUpstream,
  NatsUpstream,
  type UpstreamCall,
  XmlUpstream,
} from './index.js';

interface Quote {
  readonly sku: string;
}
// As generators write services: by promises, by Observables, plainly.
interface Pricing {
  Quote(request: { sku: string }): Quote;
  charge(request: { sku: string }, metadata?: unknown): Promise<Quote>;
  watch(request: { sku: string }): Observable<Quote>;
  readonly version: string;
}

export class PricingClient extends GrpcUpstream<Pricing> {
  plain(): UpstreamCall<Quote> {
    return this.unary('Quote', { sku: '1' });
  }
  promised(): UpstreamCall<Quote> {
    return this.unary('charge', { sku: '1' }, { idempotencyKey: 'key' });
  }
  list(): UpstreamCall<readonly Quote[]> {
    return this.collect('watch', { sku: '1' }, { take: 2 });
  }
  each(): Observable<Quote> {
    return this.stream('watch', { sku: '1' });
  }
  bySchema(): UpstreamCall<{ sku: number }> {
    return this.unary('Quote', { sku: '1' }, { schema: z.object({ sku: z.coerce.number() }) });
  }
  mistakes(): void {
    // @ts-expect-error no such method
    this.unary('Quotes', { sku: '1' });
    // @ts-expect-error no method at all
    this.unary('version', { sku: '1' });
    // @ts-expect-error not its message
    this.unary('Quote', { id: '1' });
    // @ts-expect-error a public call carries no identity
    this.unary('Quote', { sku: '1' }, { public: true, identity: 'user' });
  }
}

const FILM = graphqlDocument<{ film: Quote }, { id: string }>('query Film($id: ID!) { film(id: $id) { sku } }');
const ALL = graphqlDocument<{ films: Quote[] }>('query All { films { sku } }');

export class FilmsClient extends GraphqlUpstream {
  film(): UpstreamCall<{ film: Quote }> {
    return this.query(FILM, { id: '1' });
  }
  partly(): UpstreamCall<GraphqlOutcome<{ film: Quote }>> {
    return this.queryPartial(FILM, { id: '1' });
  }
  bySchema(): UpstreamCall<{ films: number }> {
    return this.query(ALL, {}, { schema: z.object({ films: z.number() }) });
  }
  mistakes(): void {
    // @ts-expect-error a variable is missing
    this.query(FILM, {});
    // @ts-expect-error a variable too many
    this.query(ALL, { id: '1' });
    // @ts-expect-error a variable of another type
    this.query(FILM, { id: 1 });
  }
}

export class ArchiveClient extends XmlUpstream {
  copies(): UpstreamCall<{ copies: string[] }> {
    const schema = z.object({ copies: z.array(z.string()) });
    return this.get('/copies/:id', { params: { id: 1 }, arrays: ['copies'], schema });
  }
  mistakes(): void {
    // @ts-expect-error a parameter is missing
    this.get('/copies/:id', {});
    // @ts-expect-error a GET has no body
    this.get('/copies', { body: {} });
  }
}

export class InventoryClient extends NatsUpstream {
  stock(sku: string): UpstreamCall<{ left: number }> {
    return this.request('stock.:sku', { params: { sku }, schema: z.object({ left: z.number() }), safe: true });
  }
  untyped(): UpstreamCall<unknown> {
    return this.request('stock', { data: { skus: ['1'] } });
  }
  mistakes(subject: string): void {
    // @ts-expect-error a parameter is missing
    this.request('stock.:sku', {});
    // @ts-expect-error no such parameter
    this.request('stock', { params: { sku: '1' } });
    // @ts-expect-error what varies belongs in params
    this.request(subject, {});
    // @ts-expect-error a public call carries no identity
    this.request('stock', { public: true, identity: 'user' });
  }
}

export class WarehouseClient extends MicroserviceUpstream {
  stock(sku: string): UpstreamCall<{ left: number }> {
    return this.send({ cmd: 'stock' }, { data: { sku }, schema: z.object({ left: z.number() }) });
  }
  plain(): UpstreamCall<unknown> {
    return this.send('ping');
  }
}

const byId = batch({
  load: (client: CatalogClient, ids: readonly number[]) => client.films(ids),
  pick: (films, id) => films.find(film => film.id === id),
});

export class CatalogClient extends HttpUpstream {
  films(ids: readonly number[]): UpstreamCall<{ id: number }[]> {
    return this.get('/films', { query: { id: ids }, schema: z.array(z.object({ id: z.number() })) });
  }
  film(id: number): UpstreamCall<{ id: number }> {
    return this.one(byId, id);
  }
  maybeFilm(id: number): UpstreamCall<{ id: number } | undefined> {
    return this.maybe(byId, id);
  }
  mistakes(): void {
    // @ts-expect-error a key of another type
    this.one(byId, '1');
  }
}

export class OtherClient extends HttpUpstream {
  mistakes(): void {
    // @ts-expect-error another client's batch
    this.one(byId, 1);
  }
}
