/** @type {import('../index.mjs').BenchPage} */
export const filmPage = {
  name: 'film-page',
  folder: import.meta.dirname,
  record: async () => ({ exchanges: [], paths: [] }),
  guichet: async () => '',
};
