import { built } from '../../built.mjs';
import { record } from '../../upstreams/record.mjs';

const wantedFilms = 16;

/**
 * The film page of the web app, over what the example's services answer.
 * @type {import('../index.mjs').BenchPage}
 */
export const filmPage = {
  name: 'film-page',
  folder: import.meta.dirname,
  /** @param {number} [wanted]  how many films */
  async record(say, wanted = wantedFilms) {
    say('recording what the film page asks of its upstreams');
    return record({
      app: await built('apps/web/main.js'),
      services: await built('examples/shop/services/all.js'),
      paths: Array.from({ length: 200 }, (_, index) => `/pages/films/${index + 1}`),
      grpc: ['pricing'],
      wanted,
    });
  },
  guichet: () => built('apps/web/main.js'),
};
