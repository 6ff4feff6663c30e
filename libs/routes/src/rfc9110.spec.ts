import { Peer, RawPlace } from '../test/raw-place.js';
import { rawClient, type RouteRig, routeRig, type RouteRigOptions, SignedIn } from '../test/route-rig.js';
import type { RouteOptions } from './declaration/route.options.js';

/** What a gateway owes both sides (RFC 9110, 9112), seen from raw sockets on both. */

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function between(
  route: Partial<RouteOptions> = {},
  options: RouteRigOptions = {},
): Promise<{ rig: RouteRig; place: RawPlace; client: Peer }> {
  const place = await new RawPlace().start();
  open.push(place);
  const rig = await routeRig(
    [{ path: '/api/thing', method: ['GET', 'POST', 'PUT', 'DELETE'], ...route }],
    [place],
    options,
  );
  open.push(rig);
  const client = rawClient(rig.port);
  open.push({ close: async () => void client.socket.destroy() });
  return { rig, place, client };
}

const get = (...headers: string[]): string => request('GET', ...headers);
const request = (method: string, ...headers: string[]): string =>
  `${method} /api/thing HTTP/1.1\r\n${['Host: shop.example', ...headers].map(line => `${line}\r\n`).join('')}\r\n`;
const head = /\r\n\r\n/;

/** @returns the header lines of a message, in lower case up to the colon */
function fields(text: string): string[] {
  return text
    .split('\r\n\r\n', 1)[0]!
    .split('\r\n')
    .slice(1)
    .map(line => line.replace(/^[^:]*/, name => name.toLowerCase()));
}

function field(text: string, name: string): string | undefined {
  return fields(text)
    .find(line => line.startsWith(`${name}: `))
    ?.slice(name.length + 2);
}

describe('the fields of a request', () => {
  it('pass when the route lists them, each once, and no other does', async () => {
    const { place, client } = await between({ requestHeaders: ['accept', 'x-tenant'] });
    client.send(get('Accept: text/plain', 'X-Tenant: a', 'Cookie: sid=1', 'Authorization: Bearer t', 'X-Other: 1'));
    const asked = await (await place.next()).until(head);
    expect(field(asked, 'accept')).toBe('text/plain');
    expect(field(asked, 'x-tenant')).toBe('a');
    expect(asked).not.toMatch(/cookie|authorization|x-other/i);
  });

  it('of the connection stay here, and so do those that Connection names', async () => {
    const { place, client } = await between({ requestHeaders: ['accept', 'x-tenant', 'x-more'] });
    client.send(
      get(
        'Connection: keep-alive, X-Tenant',
        'X-Tenant: a',
        'X-More: b',
        'Keep-Alive: timeout=9',
        'TE: trailers',
        'Proxy-Connection: x',
      ),
    );
    const asked = await (await place.next()).until(head);
    expect(field(asked, 'x-more')).toBe('b');
    expect(fields(asked).map(line => line.split(':', 1)[0])).toEqual(
      expect.not.arrayContaining(['x-tenant', 'keep-alive', 'te', 'proxy-connection']),
    );
  });

  it('say who passed it on and for whom, whatever the client says of that', async () => {
    const { place, client } = await between({ forwarded: 'both' }, { via: 'shop' });
    client.send(
      get(
        'Via: 1.1 me',
        'Forwarded: for=6.6.6.6',
        'X-Forwarded-For: 6.6.6.6',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Host: evil',
      ),
    );
    const asked = await (await place.next()).until(head);
    expect(field(asked, 'via')).toBe('1.1 shop');
    expect(field(asked, 'forwarded')).toBe('for=127.0.0.1;host="shop.example";proto=http');
    expect(field(asked, 'x-forwarded-for')).toBe('127.0.0.1');
    expect(field(asked, 'x-forwarded-proto')).toBe('http');
    expect(field(asked, 'x-forwarded-host')).toBe('shop.example');
    expect(asked).not.toMatch(/6\.6\.6\.6|evil/);
  });

  it('name the client that a trusted proxy names', async () => {
    const { place, client } = await between({}, { trustedProxies: ['127.0.0.0/8'] });
    client.send(get('Via: 1.1 edge', 'X-Forwarded-For: 6.6.6.6, 2001:db8::7', 'X-Forwarded-Proto: https'));
    const asked = await (await place.next()).until(head);
    expect(field(asked, 'via')).toBe('1.1 edge, 1.1 guichet');
    expect(field(asked, 'forwarded')).toBe('for="[2001:db8::7]";host="shop.example";proto=https');
  });

  it('hold the cookies that the route lists', async () => {
    const { place, client } = await between({ requestCookies: ['theme'] });
    client.send(get('Cookie: sid=secret; theme=dark; themed=no'));
    expect(field(await (await place.next()).until(head), 'cookie')).toBe('theme=dark');
  });

  it('trace it, with an id of its own', async () => {
    const { place, client } = await between();
    client.send(get('X-Request-Id: abc', 'traceparent: 00-11111111111111111111111111111111-2222222222222222-00'));
    const asked = await (await place.next()).until(head);
    expect(field(asked, 'x-request-id')).toBe('abc');
    expect(field(asked, 'traceparent')).toBe('00-11111111111111111111111111111111-2222222222222222-00');
  });

  it('tell a deadline where there is one', async () => {
    const { place, client } = await between({ limits: { totalTimeoutMs: 5_000 } });
    client.send(get());
    expect(Number(field(await (await place.next()).until(head), 'x-deadline-ms'))).toBeGreaterThan(1_000);
  });
});

describe('the fields of an answer', () => {
  it('pass when the route lists them; those of the connection, and those it names, stay here', async () => {
    const { place, client } = await between({ responseHeaders: ['content-type', 'etag', 'x-named'] });
    client.send(get());
    const upstream = await place.next();
    await upstream.until(head);
    upstream.send(
      'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nETag: "1"\r\nConnection: keep-alive, X-Named\r\nX-Named: 1\r\nKeep-Alive: timeout=1\r\n' +
        'Server: secret/1.0\r\nSet-Cookie: a=1\r\nContent-Length: 2\r\n\r\nok',
    );
    const answer = await client.until(/ok$/);
    expect(field(answer, 'etag')).toBe('"1"');
    expect(field(answer, 'content-length')).toBe('2');
    expect(answer).not.toMatch(/x-named|secret|set-cookie|timeout=1\r/i);
  });

  it('set the cookies that the route lists', async () => {
    const { place, client } = await between({ responseCookies: ['theme'] });
    client.send(get());
    (await place.next()).send(
      'HTTP/1.1 204 No Content\r\nSet-Cookie: theme=dark; Path=/\r\nSet-Cookie: sid=evil\r\nSet-Cookie: theme=light\r\n\r\n',
    );
    const answer = await client.until(head);
    expect(fields(answer).filter(line => line.startsWith('set-cookie'))).toEqual([
      'set-cookie: theme=dark; Path=/',
      'set-cookie: theme=light',
    ]);
  });

  it('do not stand over the gateway’s own', async () => {
    const { place, client } = await between({ responseHeaders: ['x-request-id-2', 'content-type'] });
    client.send(get('X-Request-Id: mine'));
    (await place.next()).send('HTTP/1.1 204 No Content\r\nX-Request-Id: theirs\r\n\r\n');
    expect(field(await client.until(head), 'x-request-id')).toBe('mine');
  });

  it('keep what is somebody’s own out of caches unless the upstream says otherwise', async () => {
    const { place, client } = await between({ access: 'authenticated' }, { guards: [SignedIn] });
    client.send(get());
    (await place.next()).send('HTTP/1.1 204 No Content\r\nETag: "1"\r\nConnection: close\r\n\r\n');
    expect(field(await client.until(/etag[^]*\r\n\r\n$/i), 'cache-control')).toBe('no-store');
    client.send(get());
    (await place.next()).send(
      'HTTP/1.1 204 No Content\r\nCache-Control: private, max-age=9\r\nConnection: close\r\n\r\n',
    );
    await client.until(/cache-control: private, max-age=9\r\n/i);
    expect(client.text.match(/no-store/g)).toHaveLength(1);
  });

  it('redirect where the route is, or stay as they are', async () => {
    const { place, client, rig } = await between({ redirects: 'rewrite', path: '/api/films/:id', to: '/v2/films/:id' });
    client.send('GET /api/films/1 HTTP/1.1\r\nHost: a\r\n\r\n');
    (await place.next()).send('HTTP/1.1 302 Found\r\nLocation: /v2/films/2?x=1\r\nContent-Length: 0\r\n\r\n');
    expect(field(await client.until(head), 'location')).toBe('/api/films/2?x=1');
    const other = rawClient(rig.port).send('GET /api/films/3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    (await place.asked(/films\/3/)).send(
      `HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:${place.port}/admin\r\nContent-Length: 0\r\n\r\n`,
    );
    expect(await other.end()).not.toMatch(/location|admin/i);
  });
});

describe('bodies', () => {
  it('keep their length, and their coding of content', async () => {
    const { place, client } = await between();
    client.send(get('Accept-Encoding: gzip'));
    const upstream = await place.next();
    expect(field(await upstream.until(head), 'accept-encoding')).toBe('gzip');
    upstream.send('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\xff');
    const answer = await client.until(/\xff$/);
    expect(field(answer, 'content-encoding')).toBe('gzip');
    expect(field(answer, 'content-length')).toBe('4');
  });

  it('of unknown length are chunked, and reach the client piece by piece', async () => {
    const { place, client } = await between();
    client.send(get());
    const upstream = await place.next();
    await upstream.until(head);
    upstream.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    expect(field(await client.until(head), 'transfer-encoding')).toBe('chunked');
    upstream.send('5\r\nfirst\r\n');
    await client.until(/5\r\nfirst\r\n$/);
    upstream.send('6\r\nsecond\r\n0\r\n\r\n');
    await client.until(/6\r\nsecond\r\n0\r\n\r\n$/);
  });

  it('of unknown length end with the connection to a client of HTTP/1.0', async () => {
    const { place, client } = await between();
    client.send('GET /api/thing HTTP/1.0\r\nHost: a\r\n\r\n');
    (await place.next()).send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwhole\r\n0\r\n\r\n');
    const answer = await client.end();
    expect(answer).toMatch(/\r\n\r\nwhole$/);
    expect(answer).not.toMatch(/transfer-encoding/i);
  });

  it('are not there for HEAD, 204 and 304, whose lengths speak of others', async () => {
    const { place, client } = await between();
    client.send(request('HEAD'));
    const upstream = await place.next();
    expect(await upstream.until(head)).toMatch(/^HEAD \/thing /);
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nETag: "1"\r\n\r\n');
    expect(field(await client.until(head), 'content-length')).toBe('1000');
    client.send(get('If-None-Match: "1"'));
    const second = await place.asked(/if-none-match: "1"/);
    second.send('HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\nETag: "1"\r\n\r\n');
    await client.until(/304 Not Modified[^]*\r\n\r\n$/);
    client.send(request('DELETE'));
    const third = await place.asked(/DELETE \/thing[^]*\r\n\r\n$/);
    third.send('HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n');
    await client.until(/204 No Content[^]*\r\n\r\n$/);
    const last = client.text.slice(client.text.indexOf('HTTP/1.1 204'));
    expect(last).not.toMatch(/content-length|transfer-encoding/i);
  });

  it('of a request go on as they came, with their length or in chunks', async () => {
    const { place, client } = await between();
    client.send(request('POST', 'Content-Length: 5', 'Content-Type: multipart/form-data; boundary=x') + 'hello');
    const upstream = await place.next();
    const first = await upstream.until(/hello$/);
    expect(field(first, 'content-length')).toBe('5');
    expect(field(first, 'content-type')).toBe('multipart/form-data; boundary=x');
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    await client.until(head);
    client.send(request('PUT', 'Transfer-Encoding: chunked') + '5\r\nhello\r\n');
    const second = await place.asked(/5\r\nhello/);
    client.send('0\r\n\r\n');
    expect(await second.until(/0\r\n\r\n$/)).toMatch(/transfer-encoding: chunked/);
    second.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    await client.until(/200 OK[^]*200 OK[^]*\r\n\r\n$/);
  });

  it('in parts are 206, as they were asked for', async () => {
    const { place, client } = await between();
    client.send(get('Range: bytes=2-3', 'If-Range: "1"'));
    const upstream = await place.next();
    const asked = await upstream.until(head);
    expect([field(asked, 'range'), field(asked, 'if-range')]).toEqual(['bytes=2-3', '"1"']);
    upstream.send('HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 2-3/10\r\nContent-Length: 2\r\n\r\ncd');
    const answer = await client.until(/cd$/);
    expect(answer).toMatch(/^HTTP\/1.1 206 /);
    expect(field(answer, 'content-range')).toBe('bytes 2-3/10');
  });
});

describe('trailers', () => {
  const trailed = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\nX-Other: 1\r\n\r\n';

  it('pass when the route lists them and the client takes them', async () => {
    const { place, client } = await between({ responseTrailers: ['x-sum'] });
    client.send(get('TE: trailers', 'Connection: TE'));
    (await place.next()).send(trailed);
    const answer = await client.until(/0\r\n[^]*\r\n\r\n$/);
    expect(field(answer, 'trailer')).toBe('x-sum');
    expect(answer).toMatch(/2\r\nok\r\n0\r\nx-sum: 7\r\n\r\n$/i);
  });

  it('are dropped otherwise', async () => {
    const { place, client } = await between({ responseTrailers: ['x-sum'] });
    client.send(get());
    (await place.next()).send(trailed);
    expect(await client.until(/0\r\n\r\n$/)).not.toMatch(/x-sum/i);
  });
});

describe('interim answers', () => {
  it('stay here', async () => {
    const { place, client } = await between();
    client.send(get());
    (await place.next()).send(
      'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    );
    expect(await client.until(/ok$/)).toMatch(/^HTTP\/1.1 200 /);
  });

  it('of early hints pass where the route says so', async () => {
    const { place, client } = await between({ earlyHints: true });
    client.send(get());
    (await place.next()).send(
      'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nX-Secret: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    );
    const answer = await client.until(/ok$/);
    expect(answer).toMatch(/^HTTP\/1.1 103 Early Hints\r\nLink: <\/a.css>; rel=preload\r\n\r\nHTTP\/1.1 200 /i);
    expect(answer).not.toMatch(/x-secret/i);
  });

  it('100 is said once there is somebody to take the body', async () => {
    const { place, client } = await between();
    client.send(request('POST', 'Expect: 100-continue', 'Content-Length: 5'));
    await client.until(/^HTTP\/1.1 100 Continue\r\n\r\n/);
    expect(place.count).toBe(1);
    client.send('hello');
    const upstream = await place.next();
    expect(await upstream.until(/hello$/)).not.toMatch(/expect/i);
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    expect(await client.until(/200 OK[^]*\r\n\r\n$/)).not.toMatch(/connection: close/i);
  });

  it('100 is not said to who is refused, and the connection ends', async () => {
    const { place, client } = await between({ limits: { maxRequestBytes: 4 } });
    client.send(request('POST', 'Expect: 100-continue', 'Content-Length: 5'));
    const answer = await client.end();
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(field(answer, 'connection')).toBe('close');
    expect(place.count).toBe(0);
  });

  it('no other expectation is met', async () => {
    const { place, client } = await between();
    client.send(request('POST', 'Expect: wonders', 'Content-Length: 0', 'Connection: close'));
    expect(await client.end()).toMatch(/^HTTP\/1.1 417 /);
    expect(place.count).toBe(0);
  });
});

describe('an answer that comes before the request has ended', () => {
  it('passes at once; what else the client sends is thrown away, and its connection serves on', async () => {
    const { place, client } = await between();
    client.send(request('POST', 'Content-Length: 10') + 'hello');
    const upstream = await place.next();
    await upstream.until(/hello$/);
    upstream.send('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno');
    await client.until(/403 Forbidden[^]*no$/);
    client.send('world' + get());
    const second = await place.next();
    expect(await second.until(head)).toMatch(/^GET \/thing /);
    expect(upstream.text).not.toMatch(/world/);
    second.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    await client.until(/200 OK[^]*ok$/);
  });

  it('may go on with it, both ways at once', async () => {
    const { place, client } = await between();
    client.send(request('POST', 'Transfer-Encoding: chunked') + '1\r\na\r\n');
    const upstream = await place.next();
    await upstream.until(/1\r\na/);
    upstream.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nA\r\n');
    await client.until(/1\r\nA\r\n$/);
    client.send('1\r\nb\r\n');
    await upstream.until(/1\r\nb/);
    upstream.send('1\r\nB\r\n');
    await client.until(/1\r\nB\r\n$/);
    client.send('0\r\n\r\n');
    await upstream.until(/0\r\n\r\n$/);
    upstream.send('0\r\n\r\n');
    expect(await client.until(/0\r\n\r\n$/)).toMatch(/0\r\n\r\n$/);
  });
});

describe('who breaks off', () => {
  it('as a client is told to the upstream', async () => {
    const { place, client } = await between();
    client.send(get());
    const upstream = await place.next();
    await upstream.until(head);
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    expect(await client.until(/half$/)).toMatch(/half$/);
    client.socket.destroy();
    await upstream.end();
  });

  it('as a client in its body leaves no body that looks whole', async () => {
    const { place, client } = await between();
    client.send(request('POST', 'Transfer-Encoding: chunked') + '5\r\nhello\r\n');
    const upstream = await place.next();
    await upstream.until(/hello/);
    client.socket.destroy();
    expect(await upstream.end()).not.toMatch(/0\r\n\r\n$/);
  });

  it.each([
    ['of a length', 'Content-Length: 100\r\n\r\nhalf'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
  ])('as an upstream in its body leaves no answer that looks whole: %s', async (_, answer) => {
    const { place, client } = await between();
    client.send(get());
    const upstream = await place.next();
    await upstream.until(head);
    upstream.send(`HTTP/1.1 200 OK\r\n${answer}`);
    await client.until(/half/);
    upstream.socket.resetAndDestroy();
    expect(await client.end()).not.toMatch(/0\r\n\r\n$/);
  });

  it('as an upstream resets a client of HTTP/1.0, to whom an end would look like the end', async () => {
    const { place, client } = await between();
    const failed = new Promise<Error>(resolve => client.socket.once('error', resolve));
    client.send('GET /api/thing HTTP/1.0\r\nHost: a\r\n\r\n');
    const upstream = await place.next();
    upstream.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n');
    await client.until(/half/);
    upstream.socket.resetAndDestroy();
    expect(await failed).toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('what could be read in two ways', () => {
  it.each([
    ['both lengths', request('POST', 'Content-Length: 5', 'Transfer-Encoding: chunked') + '0\r\n\r\n', 400],
    ['two lengths', request('POST', 'Content-Length: 5', 'Content-Length: 6') + 'hello', 400],
    ['a signed length', request('POST', 'Content-Length: +5') + 'hello', 400],
    ['a coding that is not the last', request('POST', 'Transfer-Encoding: chunked, gzip') + '0\r\n\r\n', 400],
    ['another coding', request('POST', 'Transfer-Encoding: gzip, chunked', 'Connection: close') + '0\r\n\r\n', 501],
    ['a coding with a space', request('POST', 'Transfer-Encoding : chunked') + '0\r\n\r\n', 400],
    ['a folded field', request('POST', 'X-A: 1', ' b', 'Content-Length: 0'), 400],
    ['a bare line feed', 'GET /api/thing HTTP/1.1\nHost: a\n\n', 400],
    ['a body of GET', request('GET', 'Content-Length: 5', 'Connection: close') + 'hello', 400],
    ['a bad chunk', request('POST', 'Transfer-Encoding: chunked') + 'zz\r\n', 400],
  ])('is refused and never passed on: %s', async (_, text, status) => {
    const { place, client } = await between();
    client.send(text);
    const answer = await client.end();
    // Of a bad chunk the head may have gone on; no end of it has.
    for (const passed of place.texts) expect(passed).not.toMatch(/0\r\n\r\n$/);
    expect(place.count > 0 || new RegExp(`^HTTP/1.1 ${status} `).test(answer)).toBe(true);
  });

  it.each([
    ['both lengths', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 3\r\n\r\nok!'],
    ['a line that is no field', 'Content-Length: 2\r\nno field\r\n\r\nok'],
  ])('in an answer is a 502: %s', async (_, rest) => {
    const { place, client } = await between({}, { upstream: { maxRetries: 0 } });
    client.send(get('Connection: close'));
    (await place.next()).send(`HTTP/1.1 200 OK\r\n${rest}`);
    const answer = await client.end();
    expect(answer).toMatch(/^HTTP\/1.1 502 /);
    expect(answer).toMatch(/application\/problem\+json/);
  });

  it('an answer nobody asked for reaches nobody', async () => {
    const { place, client, rig } = await between();
    client.send(get());
    const upstream = await place.next();
    await upstream.until(head);
    const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n';
    upstream.send(`${ok}ok${ok}no`);
    await client.until(/ok$/);
    await upstream.end();
    const other = rawClient(rig.port).send(get('Connection: close', 'Prefer: x'));
    (await place.asked(/prefer: x/)).send(`${ok}ok`);
    expect(await other.end()).toMatch(/ok$/);
  });
});
