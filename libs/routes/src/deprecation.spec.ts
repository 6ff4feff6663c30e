import { HttpPlace, routeRig, type RouteRig } from '../test/route-rig.js';

const since = '2020-01-01';

describe('pass-through routes that are deprecated', () => {
  let rig: RouteRig;
  let place: HttpPlace;
  let asked = 0;

  beforeAll(async () => {
    place = await new HttpPlace((_, response) => {
      asked++;
      response.setHeader('Link', '</next>; rel="next"');
      response.setHeader('Sunset', 'Tue, 01 Jan 2030 00:00:00 GMT');
      response.setHeader('Deprecation', '@1');
      response.end('film');
    }).start();
    rig = await routeRig(
      [
        { path: '/api/films/:id', deprecated: { since, successor: '/api/v2/films/:id' } },
        { path: '/api/old/*rest', deprecated: { since, sunset: '2021-01-01', afterSunset: 'gone' } },
        { path: '/api/v2/films/:id' },
      ],
      [place],
    );
  });
  afterAll(async () => {
    await rig.close();
    await place.close();
  });

  it('say so with what the upstream answers: its links stay, of its dates those the route has itself do not', async () => {
    const response = await fetch(`${rig.url}/api/films/a%20b?c=d`);
    expect(await response.text()).toBe('film');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      deprecation: '@1577836800',
      sunset: 'Tue, 01 Jan 2030 00:00:00 GMT',
      link: '</api/v2/films/a%20b>; rel="successor-version", </next>; rel="next"',
    });
  });

  it('are answered with 410 after their sunset, without asking the upstream', async () => {
    const before = asked;
    const response = await fetch(`${rig.url}/api/old/a/b`);
    expect(response.status).toBe(410);
    expect(response.headers.get('sunset')).toBe('Fri, 01 Jan 2021 00:00:00 GMT');
    expect(await response.json()).toMatchObject({ code: 'retired', status: 410 });
    expect(asked).toBe(before);
  });

  it('are counted by who asks', async () => {
    await (await fetch(`${rig.url}/api/films/1`, { headers: { 'X-App-Version': '3.1.4' } })).text();
    expect(await rig.metrics.text()).toContain(
      'guichet_deprecated_requests_total{route="GET /api/films/:id",client="none",version="3.1"} 1\n',
    );
  });

  it('leave the others alone', async () => {
    const { headers } = await fetch(`${rig.url}/api/v2/films/1`);
    expect(headers.get('deprecation')).toBe('@1');
    expect(headers.get('link')).toBe('</next>; rel="next"');
  });
});

it.each([
  ['a rest, of which nobody knows what it would be elsewhere', '/api/*rest', '/api/v2/:rest'],
  ['a parameter that the route does not have', '/api/:id', '/api/v2/:name'],
])('a successor cannot want %s', async (_, path, successor) => {
  const starting = routeRig([{ path, deprecated: { since, successor } }], []);
  await expect(starting).rejects.toMatchObject({
    problems: [{ path: 'deprecated.successor', message: expect.stringContaining('is no parameter') as string }],
  });
});
