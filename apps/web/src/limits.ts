import { ThrottlingModule } from 'guichet/throttling';

/** How often anybody comes. A page costs as much as it asks of upstreams: the shop window 7, a film 5. */
export const limits = ThrottlingModule.forRoot({
  limits: {
    address: { tracker: 'address', limit: 6_000, windowMs: 60_000 },
    principal: { tracker: 'principal', limit: 3_000, windowMs: 60_000 },
  },
});
