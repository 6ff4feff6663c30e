import { HttpPlace, rawClient, type RouteRig, routeRig } from '../test/route-rig.js';

/** What is reachable: what is declared, in one spelling, and nothing else. */

const asked: string[] = [];
let place: HttpPlace;
let rig: RouteRig;

beforeAll(async () => {
  place = await new HttpPlace((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end();
  }).start();
  rig = await routeRig(
    [
      { path: '/api/films/:id' },
      {
        path: '/api/films/:id/cast/:role',
        to: '/v2/cast/:role/of/:id',
        params: { id: /\d{1,4}/g },
        query: ['page', 'q'],
      },
      { path: '/api/files/*rest', to: '/store/public/*rest', method: ['GET', 'PUT'], query: 'drop' },
    ],
    [place],
  );
});

afterAll(async () => {
  await rig.close();
  await place.close();
});

beforeEach(() => asked.splice(0));

async function statusOf(target: string, method = 'GET'): Promise<number> {
  const client = rawClient(rig.port).send(
    `${method} ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  );
  return Number(/^HTTP\/1.1 (\d{3})/.exec(await client.end())?.[1]);
}

it.each([
  ['/api/films/7', 'GET /films/7'],
  ['/api/films/7?a=1&b=%2F..%2F', 'GET /films/7?a=1&b=%2F..%2F'],
  ['/api/films/a%20b', 'GET /films/a%20b'],
  ['/api/films/caf%C3%A9', 'GET /films/caf%C3%A9'],
  ['/api/films/...', 'GET /films/...'],
  ['/api/films/7/cast/lead', 'GET /v2/cast/lead/of/7'],
  ['/api/films/7/cast/lead?page=2&secret=1&q=a%26b', 'GET /v2/cast/lead/of/7?page=2&q=a%26b'],
  ['/api/files/a/b/c.txt?x=1', 'GET /store/public/a/b/c.txt'],
])('%s leads to %s', async (target, upstream) => {
  expect(await statusOf(target)).toBe(200);
  expect(asked).toEqual([upstream]);
});

it.each([
  '/api/films/..',
  '/api/films/%2e%2e',
  '/api/films/.%2E',
  '/api/films/.',
  '/api/films/..%2fadmin',
  '/api/films/a%2fb',
  '/api/films/a%5Cb',
  '/api/films/a\\b',
  '/api/films/%252e%252e',
  '/api/films/a%252fb',
  '/api/films/7;admin=1',
  '/api/films/7%3badmin=1',
  '/api/films/..;/admin',
  '/api/films/a%00',
  '/api/films/a%0d%0aX-Injected:1',
  '/api/films/a%3fb',
  '/api/films/a%23b',
  '/api/films/a#b',
  '/api/films/%zz',
  '/api/films/%c0%ae%c0%ae',
  '/api/films/',
  '/api/films//',
  '/api/films',
  '/api/films/7/',
  '//api/films/7',
  '/api//films/7',
  '/api/./films/7',
  '/api/films/../films/7',
  '/%61pi/films/7',
  '/api/%66ilms/7',
  '/API/films/7',
  '/api/films/7/cast',
  '/api/films/seven/cast/lead',
  '/api/films/77777/cast/lead',
  '/api/films/7x/cast/lead',
  '/api/files/',
  '/api/files/a//b',
  '/api/files/a/../../secret',
  '/api/files/a/%2e%2e/secret',
  '/api/files/a%2f..%2fsecret',
  '/api/files/a/./b',
  `/api/files/${'a/'.repeat(40)}b`,
  '/store/public/a',
  '/films/7',
  '/api/',
  'http://a/api/films/7',
  'http://evil/api/films/7',
  '*',
])('%s leads nowhere', async target => {
  expect([400, 404, 414]).toContain(await statusOf(target));
  expect(asked).toEqual([]);
});

it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])(
  '%s of a GET route leads nowhere',
  async method => {
    expect([400, 404, 405]).toContain(await statusOf('/api/films/7', method));
    expect(asked).toEqual([]);
  },
);

it('a pattern that remembers its position matches every time', async () => {
  for (let i = 0; i < 4; i++) expect(await statusOf('/api/films/7/cast/lead')).toBe(200);
  expect(asked).toHaveLength(4);
});

it('HEAD goes where GET goes', async () => {
  expect(await statusOf('/api/films/7', 'HEAD')).toBe(200);
  expect(asked).toEqual(['HEAD /films/7']);
});
