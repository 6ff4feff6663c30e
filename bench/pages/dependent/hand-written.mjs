import { JsonCall } from '../../rivals/json-call.mjs';

/** The film first, then three calls that need it, then one that needs the ratings: a chain of three. */
export default function page(pools, id, done, failed) {
  const payload = { film: undefined, price: undefined, stock: undefined, ratings: undefined, similar: undefined };
  let open = 4;
  const set = section => value => {
    payload[section] = value;
    if (--open === 0) done(payload);
  };
  new JsonCall(
    pools.catalog,
    `/films/${id}`,
    film => {
      payload.film = film;
      new JsonCall(pools.pricing, `/prices/${film.sku}`, set('price'), failed);
      new JsonCall(pools.inventory, `/stock/${film.sku}`, set('stock'), failed);
      new JsonCall(
        pools.ratings,
        `/films/${film.id}/ratings`,
        ratings => {
          const limit = ratings.votes > 0 ? 8 : 4;
          new JsonCall(
            pools.recommendations,
            `/recommendations?like=${film.id}&limit=${limit}`,
            set('similar'),
            failed,
          );
          set('ratings')(ratings);
        },
        failed,
      );
    },
    failed,
  );
}
