import type { Failed, Get, Post } from '../../rivals/get.js';
import {
  filmPayload,
  type RawFilm,
  type RawPrice,
  type RawRatings,
  type RawSimilar,
  type RawStock,
  similarBody,
} from './payload.js';
import { pricingClient } from './pricing.js';

const TIMEOUT_MS = 2_000;

/** Film and ratings at once; price, stock and similar films as soon as the film is there. */
export default function page(get: Get, id: string, done: (payload: object) => void, failed: Failed, post: Post): void {
  let film: RawFilm;
  let price: RawPrice;
  let ratings: RawRatings;
  let stock: RawStock;
  let similar: RawSimilar;
  let open = 5;
  const settled = (): void => {
    if (--open === 0) done(filmPayload(film, price, ratings, stock, similar));
  };
  get<RawRatings>('ratings', `/ratings/${id}`, value => ((ratings = value), settled()), failed);
  get<RawFilm>(
    'catalog',
    `/films/${id}`,
    value => {
      film = value;
      pricingClient.GetQuote(
        { sku: film.sku, tier: 'TIER_BASIC' },
        { deadline: Date.now() + TIMEOUT_MS },
        (error, quote) => {
          if (error) return failed(error);
          price = quote;
          settled();
        },
      );
      get<RawStock>('inventory', `/stock/${film.sku}`, shelf => ((stock = shelf), settled()), failed);
      post<RawSimilar>(
        'recommendations',
        '/graphql',
        similarBody(film),
        others => ((similar = others), settled()),
        failed,
      );
      settled();
    },
    failed,
  );
}
