import type { Failed, Get } from '../../rivals/get.js';

/** The film first, then three calls that need it, then one that needs the ratings: a chain of three. */
export default function page(get: Get, id: string, done: (payload: object) => void, failed: Failed): void {
  const payload: Record<string, unknown> = {
    film: undefined,
    price: undefined,
    stock: undefined,
    ratings: undefined,
    similar: undefined,
  };
  let open = 4;
  const set = (section: string) => (value: unknown) => {
    payload[section] = value;
    if (--open === 0) done(payload);
  };
  const withFilm = (film: { id: number; sku: string }): void => {
    payload['film'] = film;
    get('pricing', `/prices/${film.sku}`, set('price'), failed);
    get('inventory', `/stock/${film.sku}`, set('stock'), failed);
    get<{ votes: number }>('ratings', `/films/${film.id}/ratings`, ratings => withRatings(film.id, ratings), failed);
  };
  const withRatings = (filmId: number, ratings: { votes: number }): void => {
    get(
      'recommendations',
      `/recommendations?like=${filmId}&limit=${ratings.votes > 0 ? 8 : 4}`,
      set('similar'),
      failed,
    );
    set('ratings')(ratings);
  };
  get('catalog', `/films/${id}`, withFilm, failed);
}
