import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { type DeprecationOptions, deprecationSchema, RequestContext, Retired } from 'guichet/kernel';
import { ManualClock } from 'guichet/testing';
import { Metrics } from '../metrics/metrics.js';
import { DeprecatedDoor } from './deprecated-door.js';

const NAME = 'GET /pages/films/:id';
/** `ManualClock` begins with this day. */
const TODAY = '2026-01-01';
const DAY_MS = 86_400_000;

describe('the door of what is deprecated', () => {
  let metrics: Metrics;
  let clock: ManualClock;

  beforeEach(() => {
    metrics = new Metrics();
    clock = new ManualClock();
  });

  function doorOf(options: Partial<DeprecationOptions>): DeprecatedDoor {
    return new DeprecatedDoor(NAME, deprecationSchema.parse({ since: TODAY, ...options }), clock, metrics);
  }

  function pass(
    door: DeprecatedDoor,
    { version, claims, id = '22' }: { version?: string | string[]; claims?: Record<string, unknown>; id?: string } = {},
  ) {
    const request = new IncomingMessage(new Socket());
    if (version !== undefined) request.headers['x-app-version'] = version as string;
    const response = new ServerResponse(request);
    response.setHeader('Link', '</style.css>; rel="preload"');
    const context = new RequestContext('r', 0);
    if (claims) context.principal = { issuer: 'https://issuer.example', subject: 'c1', claims };
    const retired = door.enter(context, request, response, name => (name === 'id' ? id : undefined));
    return { retired, headers: { ...response.getHeaders() } };
  }

  async function counted(): Promise<readonly string[]> {
    const start = `guichet_deprecated_requests_total{route="${NAME}",`;
    return (await metrics.text())
      .split('\n')
      .filter(line => line.startsWith(start))
      .map(line => `{${line.slice(start.length)}`);
  }

  it('tells since when, until when, what comes after and where to read of it, and leaves other links', () => {
    const door = doorOf({
      since: '2023-06-30T23:59:59Z',
      sunset: '2026-06-30',
      successor: '/pages/v2/films/:id/:id',
      details: 'https://developer.example/films',
    });
    expect(pass(door)).toEqual({
      retired: undefined,
      headers: {
        // RFC 9745, 2.1, has this instant as its example.
        deprecation: '@1688169599',
        sunset: 'Tue, 30 Jun 2026 00:00:00 GMT',
        link:
          '</style.css>; rel="preload", ' +
          '<https://developer.example/films>; rel="deprecation"; type="text/html", ' +
          '<https://developer.example/films>; rel="sunset"; type="text/html", ' +
          '</pages/v2/films/22/22>; rel="successor-version"',
      },
    });
  });

  it('says no more than is known', () => {
    expect(pass(doorOf({})).headers).toEqual({
      deprecation: `@${Date.UTC(2026, 0, 1) / 1_000}`,
      link: '</style.css>; rel="preload"',
    });
  });

  it.each(['a>; rel="x"', '\r\nSet-Cookie: a=b', '../../admin', '"', 'ü'])('lets no value out of its link: %j', id => {
    const { headers } = pass(doorOf({ successor: '/pages/v2/films/:id' }), { id });
    expect(headers.link).toBe(
      `</style.css>; rel="preload", </pages/v2/films/${encodeURIComponent(id)}>; rel="successor-version"`,
    );
  });

  it('serves until the sunset, and after it only where that is wanted', () => {
    const gone = doorOf({ sunset: '2026-01-02', afterSunset: 'gone', successor: '/pages/v2/films/:id' });
    const served = doorOf({ sunset: '2026-01-02' });
    clock.advance(DAY_MS - 1);
    expect(pass(gone).retired).toBeUndefined();
    clock.advance(1);
    const { retired, headers } = pass(gone);
    expect(retired).toBeInstanceOf(Retired);
    expect(retired).toMatchObject({ what: NAME, successor: '/pages/v2/films/22' });
    expect(headers['sunset']).toBe('Fri, 02 Jan 2026 00:00:00 GMT');
    expect(pass(served).retired).toBeUndefined();
  });

  it('counts who asks: the program by its token, the version as it says', async () => {
    const door = doorOf({});
    for (const version of ['2.10.0', '2.10.7', '2.9', undefined, 'latest', ['1', '2']])
      pass(door, { claims: { azp: 'shop-app' }, ...(version && { version }) });
    pass(door, { claims: { client_id: 'till' }, version: '02.1-beta' });
    pass(door, { claims: { sub: 'c1' } });
    pass(door, { claims: { azp: 'x'.repeat(65) } });
    pass(door, { claims: { azp: { name: 'a' } } });
    pass(door);
    expect(await counted()).toEqual([
      '{client="shop-app",version="2.10"} 2',
      '{client="shop-app",version="2.9"} 1',
      '{client="shop-app",version="none"} 3',
      '{client="till",version="2.1"} 1',
      '{client="unknown",version="none"} 3',
      '{client="none",version="none"} 1',
    ]);
  });

  it('has few series, and whoever makes up versions takes nobody else’s place', async () => {
    const door = doorOf({});
    for (let n = 0; n < 500; n++) pass(door, { version: `${n}.0` });
    pass(door, { claims: { azp: 'shop-app' }, version: '2.10' });
    for (let n = 0; n < 500; n++) pass(door, { claims: { azp: `client-${n}` } });
    const series = await counted();
    expect(series).toHaveLength(20 + 1 + 50 + 1);
    expect(series).toContain('{client="none",version="other"} 480');
    expect(series).toContain('{client="shop-app",version="2.10"} 1');
    expect(series).toContain('{client="other",version="other"} 451');
  });
});
