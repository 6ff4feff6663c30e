import { HttpUpstream, Upstream } from 'guichet/upstream';
import { Film, Price, Ratings, Similar, Stock } from './schemas.js';

@Upstream('catalog')
export class CatalogClient extends HttpUpstream {
  film(id: number) {
    return this.get('/films/:id', { params: { id }, schema: Film });
  }
}

@Upstream('pricing')
export class PricingClient extends HttpUpstream {
  price(sku: string) {
    return this.get('/prices/:sku', { params: { sku }, schema: Price });
  }
}

@Upstream('inventory')
export class InventoryClient extends HttpUpstream {
  stock(sku: string) {
    return this.get('/stock/:sku', { params: { sku }, schema: Stock });
  }
}

@Upstream('ratings')
export class RatingsClient extends HttpUpstream {
  ofFilm(id: number) {
    return this.get('/films/:id/ratings', { params: { id }, schema: Ratings });
  }
}

@Upstream('recommendations')
export class RecommendationsClient extends HttpUpstream {
  like(id: number, limit: number) {
    return this.get('/recommendations', { query: { like: id, limit }, schema: Similar });
  }
}

export const clients = [CatalogClient, PricingClient, InventoryClient, RatingsClient, RecommendationsClient];
