import type { Failed, Get } from '../../rivals/get.js';

/** Five calls at once. */
export default function page(get: Get, id: string, done: (payload: object) => void, failed: Failed): void {
  const payload: Record<string, unknown> = {
    film: undefined,
    price: undefined,
    stock: undefined,
    ratings: undefined,
    similar: undefined,
  };
  let open = 5;
  const set = (section: string) => (value: unknown) => {
    payload[section] = value;
    if (--open === 0) done(payload);
  };
  get('catalog', `/films/${id}`, set('film'), failed);
  get('pricing', `/prices/film-${id}`, set('price'), failed);
  get('inventory', `/stock/film-${id}`, set('stock'), failed);
  get('ratings', `/films/${id}/ratings`, set('ratings'), failed);
  get('recommendations', `/recommendations?like=${id}&limit=8`, set('similar'), failed);
}
