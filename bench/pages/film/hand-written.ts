import type { Failed, Get } from '../../rivals/get.js';
import {
  filmPayload,
  type RawFilm,
  type RawPrice,
  type RawRatings,
  type RawSimilar,
  type RawStock,
  similarPath,
} from './payload.js';

/** Film and ratings at once; price, stock and similar films as soon as the film is there. */
export default function page(get: Get, id: string, done: (payload: object) => void, failed: Failed): void {
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
      get<RawPrice>('pricing', `/prices/${film.sku}?tier=basic`, quote => ((price = quote), settled()), failed);
      get<RawStock>('inventory', `/stock/${film.sku}`, shelf => ((stock = shelf), settled()), failed);
      get<RawSimilar>('recommendations', similarPath(film), others => ((similar = others), settled()), failed);
      settled();
    },
    failed,
  );
}
