import {
  CatalogClient,
  InventoryClient,
  OrdersClient,
  PricingClient,
  ProfilesClient,
  RatingsClient,
  RecommendationsClient,
} from '#shop';
import { UpstreamModule } from 'guichet/upstream';

/**
 * Every upstream of this app. What each allows itself stands at its client, in `#shop`; where this app differs stands here.
 */
export const upstreams = UpstreamModule.forRoot({
  clients: [
    CatalogClient,
    InventoryClient,
    OrdersClient,
    PricingClient,
    ProfilesClient,
    RatingsClient,
    RecommendationsClient,
  ],
  defaults: { maxBytes: 512 * 1024 },
});
