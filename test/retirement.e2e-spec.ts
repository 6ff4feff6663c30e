import { request } from './support/http.js';
import { type RetiringApp, startRetiringApp } from './support/retiring-app.js';

const HOSTILE = '<img/src=x/onerror=alert(1)>';
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.signature';

describe('what the inspector tells of what is deprecated', () => {
  let app: RetiringApp;
  const statuses: number[] = [];

  beforeAll(async () => {
    app = await startRetiringApp();
    for (const version of ['2.9.1', '2.9.4', '2.9.1', '3.1.0'])
      statuses.push(await app.ask('/pages/films/7', { client: 'shop-app', version }));
    statuses.push(await app.ask('/pages/films/7', { client: HOSTILE, version: '"><script>' }));
    statuses.push(await app.ask('/pages/films/7', { client: TOKEN }));
    statuses.push(await app.ask('/pages/films/7'));
    statuses.push(await app.ask('/api/film', { version: '1.0' }));
    statuses.push(await app.ask('/pages/old', { version: '1.0' }));
  });
  afterAll(() => app.end());

  const api = async (path: string) => (await request(`${app.inspector}api/${path}`)).json() as Json;
  type Json = Record<string, { readonly name: string }[]> & { readonly name: string }[];

  it('is who asks for a page, by program and version, and when it ends', async () => {
    expect(statuses).toEqual([...Array<number>(8).fill(200), 410]);
    const { pages, routes } = await api('deprecations');
    expect(pages!.map(({ name }) => name)).toEqual(['OldPage', 'FilmPage', 'SoonPage']);
    expect(pages![1]).toEqual({
      name: 'FilmPage',
      methods: ['GET'],
      path: '/pages/films/:id',
      state: 'ending',
      since: '2020-01-01',
      sinceInMs: expect.any(Number) as number,
      sunset: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}Z$/) as string,
      sunsetInMs: expect.any(Number) as number,
      successor: { reference: '/pages/v2/films/:id', page: 'NextFilmPage' },
      details: 'https://developer.example/films',
      afterSunset: 'gone',
      askers: {
        requests: 7,
        clients: [
          { client: 'shop-app', version: '2.9', requests: 3 },
          { client: '•••', version: 'none', requests: 1 },
          { client: HOSTILE, version: 'none', requests: 1 },
          { client: 'none', version: 'none', requests: 1 },
          { client: 'shop-app', version: '3.1', requests: 1 },
        ],
        omitted: { clients: 0, requests: 0 },
      },
    });
    expect(pages![0]).toMatchObject({ state: 'ended', askers: { clients: [{ client: 'none', version: '1.0' }] } });
    expect(pages![2]).toMatchObject({ state: 'announced', askers: { requests: 0, clients: [] } });
    expect(routes).toEqual([
      expect.objectContaining({ name: 'GET /api/film', state: 'deprecated', askers: expect.anything() as object }),
    ]);
  });

  it('is which pages, sections and routes still make calls that end', async () => {
    const { calls } = await api('deprecations');
    expect(calls).toEqual([
      expect.objectContaining({
        upstream: 'legacy',
        state: 'ended',
        successor: 'catalog',
        count: 8,
        uses: [
          {
            call: 'GET /film',
            route: '/pages/films/:id',
            count: 7,
            sections: [{ page: 'FilmPage', section: 'film' }],
          },
          { call: 'GET /film', route: '/api/film', count: 1, sections: [] },
        ],
        omitted: { uses: 0, count: 0 },
      }),
      expect.objectContaining({
        upstream: 'pricing',
        call: 'PricingClient.quote',
        state: 'ending',
        sunset: '2999-01-01',
        count: 7,
      }),
    ]);
  });

  it('stands with the pages and routes themselves, with their fields', async () => {
    const pages = await api('pages');
    expect(pages.find(({ name }) => name === 'NextFilmPage')).not.toHaveProperty('deprecation');
    expect(pages.find(({ name }) => name === 'FilmPage')).toMatchObject({
      deprecation: { state: 'ending', askers: { requests: 7 } },
      deprecatedFields: [{ in: 'answer', path: 'price.told', description: 'use amount' }],
      sections: [
        { name: 'film', deprecatedCalls: [{ upstream: 'legacy', state: 'ended' }] },
        { name: 'price', deprecatedCalls: [{ upstream: 'pricing', call: 'PricingClient.quote' }] },
      ],
    });
    const [film, plain] = await api('routes');
    expect(film).toMatchObject({ deprecation: { state: 'deprecated' }, deprecatedUpstream: { state: 'ended' } });
    expect(plain).not.toHaveProperty('deprecation');
    expect(plain).not.toHaveProperty('deprecatedUpstream');
  });

  it('is those of one state alone, and nothing for what is no question', async () => {
    const { pages, routes, calls } = await api('deprecations?state=ended');
    expect([pages, routes, calls].map(found => found!.length)).toEqual([1, 0, 1]);
    for (const query of ['state=over', 'state=', 'state=ended&state=ending', 'page=FilmPage']) {
      const { status, headers } = await request(`${app.inspector}api/deprecations?${query}`);
      expect([query, status, headers['content-type']]).toEqual([query, 400, 'application/problem+json']);
    }
    const posted = await request(`${app.inspector}api/deprecations`, { method: 'POST', body: {} });
    expect([posted.status, posted.headers.allow]).toEqual([405, 'GET']);
    expect((await request(`${app.inspector}api/deprecations/FilmPage`)).status).toBe(404);
  });
});
