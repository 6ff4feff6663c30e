export { CatalogClient, type FilmList, type SearchResult } from './catalog.client.js';
export { type Film, type FilmCard, filmCardSchema, filmIdSchema, filmSchema } from './film.js';
export { type Format, formatSchema, InventoryClient, type Stock } from './inventory.client.js';
export { idempotencyKeySchema, type Order, OrdersClient, type OrderWish } from './orders.client.js';
export { PricingClient, type Quote } from './pricing.client.js';
export { type Customer, customerIdSchema, ProfilesClient, type Watchlist } from './profiles.client.js';
export { type Rating, RatingsClient } from './ratings.client.js';
export { RecommendationsClient } from './recommendations.client.js';
export { type Tier, tierOf, tierSchema } from './tier.js';
