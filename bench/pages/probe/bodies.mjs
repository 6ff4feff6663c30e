/**
 * What the five upstreams of the parallel and the dependent page answer: of the sizes of the example's (0.1 to 1.6 kB),
 * the same on every machine.
 * @returns {import('../../upstreams/static-upstreams.mjs').Exchange[]}
 */
export function exchanges() {
  return ids.flatMap(id => {
    const sku = `film-${id}`;
    return [
      exchange('catalog', `/films/${id}`, {
        id,
        sku,
        title: `The Film Number ${id}`,
        year: 1950 + id,
        genre: 'Drama',
        director: 'A Director',
        runtimeMinutes: 90 + id,
        synopsis: 'Somebody comes to town, and nothing is as it was before. '.repeat(6),
        cast: Array.from({ length: 6 }, (_, index) => ({ name: `Actor ${index}`, role: `Role ${index}` })),
      }),
      exchange('pricing', `/prices/${sku}`, {
        sku,
        amount: 1290 + id,
        currency: 'EUR',
        taxRate: 0.2,
        offers: [{ kind: 'rent', amount: 390, hours: 48 }],
      }),
      exchange('inventory', `/stock/${sku}`, { sku, copies: 7, warehouses: ['north', 'south'], streaming: true }),
      exchange('ratings', `/films/${id}/ratings`, {
        average: 7.4,
        votes: 12_345 + id,
        reviews: Array.from({ length: 5 }, (_, index) => ({
          author: `viewer-${index}`,
          stars: 1 + index,
          text: 'Better than the book, they said, and the book was good. '.repeat(2),
        })),
      }),
      exchange('recommendations', `/recommendations?like=${id}&limit=8`, {
        films: Array.from({ length: 8 }, (_, index) => ({
          id: 100 + index,
          title: `Another Film ${index}`,
          year: 1990 + index,
          score: 1 / (index + 1),
        })),
      }),
    ];
  });
}

/** The films that are asked for, in turn. */
export const ids = [1, 2, 3, 4, 5, 6, 7, 8];

function exchange(service, url, body) {
  return { service, url, body: JSON.stringify(body) };
}
