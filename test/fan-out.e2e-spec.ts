import { compilePage } from 'guichet/page';
import { FilmPage } from '../apps/web/src/pages/film/film.page.js';
import { type Bff, startBff } from './support/bff.js';
import { fiftyFilms } from './support/films.js';
import { request } from './support/http.js';
import { measured, median } from './support/measured.js';
import { fault, heal, requestsOf, type Service, startAllServices } from './support/services.js';

const DELAY_MS = 100;
const OVERHEAD_MS = 30;

/** The sections of the film page's longest chain of needs; its clients are not called to compile it. */
const chain = compilePage(new FilmPage(...([] as unknown as ConstructorParameters<typeof FilmPage>))).plan!
  .criticalPath;

describe(`with ${DELAY_MS} ms of delay in each of the film page's five services`, () => {
  let asked: Service[];
  let web: Bff;

  beforeAll(async () => {
    const { byName, upstreamsFile } = await startAllServices();
    asked = [byName.catalog, byName.pricing, byName.ratings, byName.inventory, byName.recommendations];
    web = await startBff('web', { DISCOVERY: 'static', UPSTREAMS_FILE: upstreamsFile });
    // One page that is not measured: connections are opened, code is warm.
    for (const { id } of fiftyFilms) await request(`${web.url}/pages/films/${id}`);
    for (const service of asked) {
      await heal(service);
      await fault(service, { delayMs: DELAY_MS });
    }
  });

  it(`a page takes as long as its longest chain (${chain.join(' → ')}), not as the sum of its calls`, async () => {
    expect(chain).toHaveLength(2);
    const tookMs: number[] = [];
    for (const { id } of fiftyFilms) {
      const startedAt = performance.now();
      const { status, headers } = await request(`${web.url}/pages/films/${id}`);
      tookMs.push(performance.now() - startedAt);
      expect([id, status, headers['page-complete']]).toEqual([id, 200, '?1']);
    }
    // Every service was asked by every page, and none answered sooner.
    for (const service of asked) expect(await requestsOf(service)).toHaveLength(fiftyFilms.length);
    measured(
      `film page, longest chain ${chain.length} of ${asked.length} calls, median of ${tookMs.length}`,
      median(tookMs),
      'ms',
    );
    expect(Math.min(...tookMs)).toBeGreaterThanOrEqual(chain.length * DELAY_MS - 2);
    expect(median(tookMs)).toBeLessThanOrEqual(chain.length * DELAY_MS + OVERHEAD_MS);
  });
});
