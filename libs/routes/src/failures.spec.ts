import { UpstreamEvents } from 'guichet/upstream';
import { type Peer, RawPlace } from '../test/raw-place.js';
import { HttpPlace, rawClient, type RouteRig, routeRig, type RouteRigOptions } from '../test/route-rig.js';
import type { RouteOptions } from './declaration/route.options.js';

/** What a client sees when an upstream is not well, or the client itself is slow. */

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

/** Hears how attempts end. */
class Heard extends UpstreamEvents {
  readonly ends: string[] = [];
  attemptStarted(): void {}
  attemptEnded(...[attempt, outcome, , error]: Parameters<UpstreamEvents['attemptEnded']>): void {
    this.ends.push(`${attempt.number} ${outcome} ${(error as { code?: string } | undefined)?.code ?? ''}`.trim());
  }
}

const events = new Heard();

beforeEach(() => events.ends.splice(0));

async function placeOf(): Promise<RawPlace> {
  const place = await new RawPlace().start();
  open.push(place);
  return place;
}

async function rigOf(
  places: readonly { port: number }[],
  route: Partial<RouteOptions> = {},
  options: RouteRigOptions = {},
): Promise<RouteRig> {
  const rig = await routeRig([{ path: '/api/thing', method: ['GET', 'POST'], ...route }], places, {
    events,
    ...options,
  });
  open.push(rig);
  return rig;
}

function clientOf(rig: RouteRig): Peer {
  const client = rawClient(rig.port);
  open.push({ close: async () => void client.socket.destroy() });
  return client;
}

const GET = 'GET /api/thing HTTP/1.1\r\nHost: a\r\n\r\n';
const SECOND = GET.replace('\r\n\r\n', '\r\nX-Request-Id: second\r\n\r\n');
const post = (bytes: number): string => `POST /api/thing HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n`;
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const problem = (status: number, code: string): RegExp =>
  new RegExp(`^HTTP/1.1 ${status} [^]*application/problem\\+json[^]*"code":"${code}"[^]*}$`);

/** @returns a port on which nobody listens */
async function nobody(): Promise<{ port: number }> {
  const place = await new RawPlace().start();
  const { port } = place;
  await place.close();
  return { port };
}

describe('before there is an answer', () => {
  it('nobody there is a 502', async () => {
    const rig = await rigOf([await nobody()]);
    expect(await clientOf(rig).send(GET).until(problem(502, 'upstream-refused'))).toMatch(
      problem(502, 'upstream-refused'),
    );
  });

  it('no instance at all is a 503', async () => {
    const client = clientOf(await rigOf([])).send(GET);
    expect(await client.until(problem(503, 'no-instances'))).toMatch(/"status":503/);
  });

  it('one instance that refuses is not the end: another is asked', async () => {
    const place = await new HttpPlace((_, response) => void response.end('ok')).start();
    open.push(place);
    const rig = await rigOf([await nobody(), place], {}, { upstream: { retryBudgetMin: 100 } });
    const clients = Array.from({ length: 6 }, () => clientOf(rig).send(GET));
    for (const client of clients)
      expect(await client.until(/^HTTP\/1.1 200 [^]*ok$/)).toMatch(/^HTTP\/1.1 200 [^]*ok$/);
  });

  it('a connection that ends without a word is a 502 for a POST, which is not sent twice', async () => {
    const place = await placeOf();
    const other = await placeOf();
    const rig = await rigOf([place, other], {}, { upstream: { retryBudgetMin: 100 } });
    const client = clientOf(rig).send(`${post(5)}hello`);
    const asked = await Promise.race([place.asked(/hello$/), other.asked(/hello$/)]);
    asked.socket.destroy();
    await client.until(problem(502, 'upstream-reset'));
    expect(place.count + other.count).toBe(1);
    expect(events.ends).toEqual(['1 failed upstream-reset']);
  });

  it('half a head is a 502', async () => {
    const place = await placeOf();
    const client = clientOf(await rigOf([place])).send(GET);
    const upstream = await place.next();
    await upstream.until(/\r\n\r\n/);
    upstream.socket.end('HTTP/1.1 200 OK\r\nContent-Le');
    expect(await client.until(/^HTTP\/1.1 502 /)).toMatch(/^HTTP\/1.1 502 /);
  });

  it('silence is a 504 after headersTimeoutMs, and the upstream is let go', async () => {
    const place = await placeOf();
    const client = clientOf(await rigOf([place], { limits: { headersTimeoutMs: 50 } })).send(GET);
    const upstream = await place.next();
    await client.until(problem(504, 'upstream-timeout'));
    await upstream.end();
    expect(events.ends).toEqual(['1 failed upstream-timeout']);
  });

  it('time that is up is a 504', async () => {
    const place = await placeOf();
    const client = clientOf(await rigOf([place], { limits: { totalTimeoutMs: 50 } })).send(GET);
    const upstream = await place.next();
    expect(await client.until(problem(504, 'deadline-exceeded'))).toMatch(problem(504, 'deadline-exceeded'));
    await upstream.end();
  });

  it('an upload is not counted as silence, as long as it moves', async () => {
    const place = await placeOf();
    const rig = await rigOf([place], { limits: { headersTimeoutMs: 40, idleTimeoutMs: 5_000 } });
    const client = clientOf(rig).send(post(10));
    const upstream = await place.next();
    // Longer than the head may take.
    const moments = new Promise(resolve => setTimeout(resolve, 120));
    client.send('hello');
    await upstream.until(/hello$/);
    await moments;
    client.send('world');
    await upstream.until(/helloworld$/);
    upstream.send(OK);
    expect(await client.until(/ok$/)).toMatch(/ok$/);
  });

  it('an upload that stops coming is a 408, and tells nothing against the upstream', async () => {
    const place = await placeOf();
    const client = clientOf(await rigOf([place], { limits: { idleTimeoutMs: 50 } })).send(`${post(10)}hello`);
    const upstream = await place.next();
    await client.until(/^HTTP\/1.1 408 /);
    await upstream.end();
    expect(events.ends).toEqual(['1 cancelled']);
  });

  it('an upload that the upstream does not take is a 504', async () => {
    const place = await placeOf();
    const rig = await rigOf([place], { limits: { idleTimeoutMs: 80, maxRequestBytes: 1e9 } });
    const client = clientOf(rig).send(post(5e8));
    const upstream = await place.next();
    upstream.socket.pause();
    const pump = (): void => {
      while (!client.isClosed && client.socket.write(Buffer.alloc(65_536)));
    };
    client.socket.on('drain', pump);
    pump();
    expect(await client.until(problem(504, 'upstream-timeout'))).toMatch(problem(504, 'upstream-timeout'));
  });

  it('a body of more than maxRequestBytes is a 413, and no upstream sees it whole', async () => {
    const place = await placeOf();
    const rig = await rigOf([place], { limits: { maxRequestBytes: 6 } });
    const client = clientOf(rig).send(
      'POST /api/thing HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
    );
    const upstream = await place.next();
    await upstream.until(/hello/);
    client.send('5\r\nworld\r\n0\r\n\r\n');
    await client.until(/^HTTP\/1.1 413 /);
    expect(await upstream.end()).not.toMatch(/world|0\r\n\r\n$/);
    expect(events.ends).toEqual(['1 cancelled']);
  });

  it('more exchanges than maxConcurrent are a 503', async () => {
    const place = await placeOf();
    const rig = await rigOf([place], { limits: { maxConcurrent: 1 } });
    const first = clientOf(rig).send(GET);
    const upstream = await place.next();
    const answer = await clientOf(rig).send(GET).until(problem(503, 'bulkhead-full'));
    expect(answer).toMatch(/retry-after: 1/i);
    upstream.send(OK);
    await first.until(/ok$/);
    const third = clientOf(rig).send(SECOND);
    (await place.asked(/second/)).send(OK);
    await third.until(/ok$/);
  });
});

describe('an answer that says no', () => {
  const unwell = 'HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nunwell';

  it('passes as it is, and counts as what it is', async () => {
    const place = await placeOf();
    const client = clientOf(await rigOf([place])).send(GET);
    (await place.next()).send(unwell);
    await client.until(/^HTTP\/1.1 503 [^]*unwell$/);
    expect(events.ends).toEqual(['1 failed upstream-status']);
  });

  it('is not the end of a GET while there is another instance', async () => {
    const one = await placeOf();
    const other = await placeOf();
    const client = clientOf(await rigOf([one, other])).send(GET);
    const first = await Promise.race([
      one.next().then(peer => ({ peer, rest: other })),
      other.next().then(peer => ({ peer, rest: one })),
    ]);
    first.peer.send(unwell);
    (await first.rest.asked(/x-previous-attempts: 1/)).send(OK);
    await client.until(/^HTTP\/1.1 200 [^]*ok$/);
    expect(events.ends).toEqual(['1 failed upstream-status', '2 succeeded']);
  });

  it('is a problem where the route says so, from 500 on', async () => {
    const place = await placeOf();
    const rig = await rigOf([place], { errors: 'problem' });
    const client = clientOf(rig).send(GET);
    (await place.next()).send(unwell);
    expect(await client.until(problem(502, 'upstream-status'))).not.toMatch(/unwell/);
    const other = clientOf(rig).send(SECOND);
    (await place.asked(/second/)).send('HTTP/1.1 409 Conflict\r\nContent-Length: 4\r\n\r\nmine');
    await other.until(/^HTTP\/1.1 409 [^]*mine$/);
  });
});

describe('once there is an answer', () => {
  it('silence cuts it off after idleTimeoutMs', async () => {
    const place = await placeOf();
    const client = clientOf(await rigOf([place], { limits: { idleTimeoutMs: 50 } })).send(GET);
    (await place.next()).send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    expect(await client.end()).toMatch(/half$/);
    expect(events.ends).toEqual(['1 failed upstream-timeout']);
  });

  it('time that is up cuts it off', async () => {
    const place = await placeOf();
    const client = clientOf(await rigOf([place], { limits: { totalTimeoutMs: 60 } })).send(GET);
    (await place.next()).send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    expect(await client.end()).toMatch(/half$/);
  });

  it('a break in its body is a failure of the instance, and not tried again', async () => {
    const place = await placeOf();
    const other = await placeOf();
    const client = clientOf(await rigOf([place, other])).send(GET);
    const upstream = await Promise.race([place.next(), other.next()]);
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    await client.until(/half$/);
    upstream.socket.resetAndDestroy();
    await client.end();
    expect(events.ends).toEqual(['1 failed upstream-reset']);
    expect(place.count + other.count).toBe(1);
  });

  it('one of a told length above maxResponseBytes is a 502, one that grows above it is cut off', async () => {
    const place = await placeOf();
    const rig = await rigOf([place], { limits: { maxResponseBytes: 3 } });
    const told = clientOf(rig).send(GET);
    (await place.next()).send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlong');
    await told.until(problem(502, 'upstream-too-large'));
    expect(events.ends).toEqual(['1 failed upstream-too-large']);
    const grown = clientOf(rig).send(SECOND);
    (await place.asked(/second/)).send(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nlo\r\n2\r\nng\r\n0\r\n\r\n',
    );
    expect(await grown.end()).not.toMatch(/ng|0\r\n\r\n$/);
    expect(events.ends.slice(1)).toEqual(['1 failed upstream-too-large']);
  });

  it('a client that takes nothing is let go after idleTimeoutMs, and so is the upstream', async () => {
    const place = await placeOf();
    const client = clientOf(await rigOf([place], { limits: { idleTimeoutMs: 80 } }));
    client.socket.pause();
    client.send(GET);
    const upstream = await place.next();
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 500000000\r\n\r\n');
    const pump = (): void => {
      while (!upstream.isClosed && upstream.socket.write(Buffer.alloc(65_536)));
    };
    upstream.socket.on('drain', pump);
    pump();
    await upstream.end();
    expect(events.ends).toEqual(['1 cancelled']);
  });

  it('holds no place of the upstream’s any more', async () => {
    const place = await placeOf();
    const rig = await rigOf([place], {}, { upstream: { maxConcurrent: 1, maxQueued: 0 } });
    const first = clientOf(rig).send(GET);
    const upstream = await place.next();
    await clientOf(rig).send(GET).until(problem(503, 'bulkhead-full'));
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    await first.until(/half$/);
    const other = clientOf(rig).send(GET);
    (await place.next()).send(OK);
    expect(await other.until(/ok$/)).toMatch(/ok$/);
  });

  it('its latency is that of its head', async () => {
    const place = await placeOf();
    const rig = await rigOf([place]);
    const client = clientOf(rig).send(GET);
    const upstream = await place.next();
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf');
    await client.until(/half$/);
    const attempts = async (): Promise<string> =>
      (await rig.metrics.text()).match(/attempt_duration_seconds_count.*/)![0];
    expect(await attempts()).toMatch(/ 0$/);
    upstream.send('full');
    await client.until(/halffull$/);
    expect(await attempts()).toMatch(/ 1$/);
    expect((await rig.metrics.text()).match(/guichet_route_requests_total{.*answered.*2xx.*/)![0]).toMatch(/ 1$/);
  });
});

it('the server’s own limit for whole requests does not end an upload that moves', async () => {
  const place = await placeOf();
  const rig = await rigOf([place], {}, { requestTimeoutMs: 100 });
  const client = clientOf(rig).send(post(10));
  const upstream = await place.next();
  client.send('hello');
  await upstream.until(/hello$/);
  await new Promise(resolve => setTimeout(resolve, 250));
  client.send('world');
  await upstream.until(/helloworld$/);
  upstream.send(OK);
  expect(await client.until(/^HTTP\/1.1 200 [^]*ok$/)).toMatch(/^HTTP\/1.1 200 [^]*ok$/);
});
