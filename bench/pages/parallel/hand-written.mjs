import { JsonCall } from '../../rivals/json-call.mjs';

/** Five calls at once. */
export default function page(pools, id, done, failed) {
  const payload = { film: undefined, price: undefined, stock: undefined, ratings: undefined, similar: undefined };
  let open = 5;
  const set = section => value => {
    payload[section] = value;
    if (--open === 0) done(payload);
  };
  new JsonCall(pools.catalog, `/films/${id}`, set('film'), failed);
  new JsonCall(pools.pricing, `/prices/film-${id}`, set('price'), failed);
  new JsonCall(pools.inventory, `/stock/film-${id}`, set('stock'), failed);
  new JsonCall(pools.ratings, `/films/${id}/ratings`, set('ratings'), failed);
  new JsonCall(pools.recommendations, `/recommendations?like=${id}&limit=8`, set('similar'), failed);
}
