import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type Bff, startBff } from '../support/bff.js';
import { request } from '../support/http.js';
import { measured, quantile } from '../support/measured.js';
import { heal, requestsOf, type Service, startAllServices } from '../support/services.js';

const LONG = Boolean(process.env['LONG']);
/** Milliseconds within which an answer, or the end of the connection, must come. */
const PATIENCE_MS = 3_000;

let web: Bff;
let services: Service[];

beforeAll(async () => {
  const { byName, upstreamsFile } = await startAllServices();
  services = Object.values(byName);
  web = await startBff('web', { DISCOVERY: 'static', UPSTREAMS_FILE: upstreamsFile });
});
beforeEach(async () => void (await Promise.all(services.map(heal))));

/** What came back over a connection of its own. */
interface Said {
  readonly statuses: readonly number[];
  readonly text: string;
  /** Whether the server ended the connection. */
  readonly isOver: boolean;
}

/** Sends bytes as they are, and waits for the end of the connection or for silence. */
async function say(bytes: string, quietMs = 300): Promise<Said> {
  let text = '';
  let isOver = false;
  const socket = connect(web.port, '127.0.0.1');
  socket.setEncoding('latin1').on('error', () => {});
  const closed = once(socket, 'close').then(() => (isOver = true));
  await once(socket, 'connect');
  socket.write(bytes, 'latin1');
  let heardAt = performance.now();
  socket.on('data', chunk => {
    text += String(chunk);
    heardAt = performance.now();
  });
  const since = performance.now();
  while (!socket.closed && performance.now() - since < PATIENCE_MS) {
    await Promise.race([closed, pause(20)]);
    if (text !== '' && performance.now() - heardAt > quietMs) break;
  }
  socket.destroy();
  const statuses = [...text.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status));
  return { statuses, text, isOver };
}

const HEAD = 'Host: localhost\r\n';
/** What stands behind a smuggled boundary; its path is asked by nobody else. */
const SMUGGLED = 'GET /pages/films/77 HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** How often a service was asked for the smuggled film. */
async function smuggled(): Promise<number> {
  const asked = await Promise.all(services.map(requestsOf));
  return asked.flat().filter(({ url }) => /\/77(?:\D|$)/.test(url)).length;
}

it('an ordinary request is served, so that what follows says something', async () => {
  const { statuses } = await say(`GET /pages/films/77 HTTP/1.1\r\n${HEAD}Connection: close\r\n\r\n`);
  expect(statuses).toEqual([200]);
  expect(await smuggled()).toBeGreaterThan(0);
});

describe('what cannot be framed is refused, and nothing behind it is read:', () => {
  const post = (headers: string, body: string): string =>
    `POST /pages/orders HTTP/1.1\r\n${HEAD}Content-Type: application/json\r\n${headers}\r\n${body}${SMUGGLED}`;

  it.each([
    [
      'Content-Length beside Transfer-Encoding',
      post('Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
    ],
    [
      'Transfer-Encoding before Content-Length',
      post('Transfer-Encoding: chunked\r\nContent-Length: 6\r\n', '0\r\n\r\n'),
    ],
    ['two Content-Lengths', post('Content-Length: 2\r\nContent-Length: 40\r\n', '{}')],
    ['a list of Content-Lengths', post('Content-Length: 2, 40\r\n', '{}')],
    ['a Content-Length with a sign', post('Content-Length: +2\r\n', '{}')],
    ['a negative Content-Length', post('Content-Length: -2\r\n', '{}')],
    ['a Content-Length in hex', post('Content-Length: 0x2\r\n', '{}')],
    ['Transfer-Encoding of another kind', post('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n')],
    ['chunked that is not last', post('Transfer-Encoding: chunked, identity\r\n', '0\r\n\r\n')],
    ['a blank before the colon', post('Transfer-Encoding : chunked\r\n', '0\r\n\r\n')],
    ['a vertical tab in Transfer-Encoding', post('Transfer-Encoding: \x0bchunked\r\n', '0\r\n\r\n')],
    ['a chunk size that is none', post('Transfer-Encoding: chunked\r\n', 'xyz\r\n{}\r\n0\r\n\r\n')],
    ['a negative chunk size', post('Transfer-Encoding: chunked\r\n', '-2\r\n{}\r\n0\r\n\r\n')],
    ['a chunk longer than it says', post('Transfer-Encoding: chunked\r\n', '1\r\n{}\r\n0\r\n\r\n')],
    ['a chunk size that overflows', post('Transfer-Encoding: chunked\r\n', 'ffffffffffffffffff\r\n{}\r\n0\r\n\r\n')],
    ['a folded header', post('X-A: b\r\n c\r\nTransfer-Encoding:\r\n chunked\r\n', '0\r\n\r\n')],
    ['a bare LF in the head', `GET / HTTP/1.1\n${HEAD}\n${SMUGGLED}`],
    ['a bare CR in a header', `GET / HTTP/1.1\r\n${HEAD}X-A: b\rX-B: c\r\n\r\n${SMUGGLED}`],
    ['a NUL in a header', `GET / HTTP/1.1\r\n${HEAD}X-A: b\0c\r\n\r\n${SMUGGLED}`],
    ['a NUL in a name', `GET / HTTP/1.1\r\n${HEAD}X\0A: b\r\n\r\n${SMUGGLED}`],
    ['a header without a colon', `GET / HTTP/1.1\r\n${HEAD}nonsense\r\n\r\n${SMUGGLED}`],
    ['an empty header name', `GET / HTTP/1.1\r\n${HEAD}: b\r\n\r\n${SMUGGLED}`],
    ['a blank in the target', `GET /pages/films/1 2 HTTP/1.1\r\n${HEAD}\r\n${SMUGGLED}`],
    ['another protocol', `GET / HTTP/3.0\r\n${HEAD}\r\n${SMUGGLED}`],
    ['an unknown method', `STEAL /pages/films/1 HTTP/1.1\r\n${HEAD}\r\n${SMUGGLED}`],
  ])('%s', async (_, bytes) => {
    const { statuses, isOver, text } = await say(bytes);
    expect(statuses.filter(status => status < 400)).toEqual([]);
    expect(statuses.length).toBeLessThanOrEqual(1);
    expect(isOver).toBe(true);
    expect(await smuggled()).toBe(0);
    if (statuses.length > 0) expect(text).toMatch(/Content-Type: application\/problem\+json/i);
  });

  it('HTTP/0.9 gets no page', async () => {
    const { text } = await say('GET /pages/films/77\r\n');
    expect(text).not.toContain('Film');
    expect(await smuggled()).toBe(0);
  });

  it('Transfer-Encoding in HTTP/1.0 carries nothing over', async () => {
    const bytes = `POST /pages/orders HTTP/1.0\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`;
    const { statuses, isOver } = await say(bytes);
    expect(statuses.filter(status => status < 400)).toEqual([]);
    expect(isOver).toBe(true);
    expect(await smuggled()).toBe(0);
  });
});

describe('what is not for this app is refused:', () => {
  it.each([
    ['another Host', `GET /pages/films/77 HTTP/1.1\r\nHost: evil.example\r\n\r\n`, 421],
    ['no Host', 'GET /pages/films/77 HTTP/1.1\r\n\r\n', 400],
    ['an empty Host', 'GET /pages/films/77 HTTP/1.1\r\nHost:\r\n\r\n', 421],
    ['a Host with a user', 'GET /pages/films/77 HTTP/1.1\r\nHost: localhost@evil.example\r\n\r\n', 421],
    ['the absolute form to another authority', `GET http://evil.example/pages/films/77 HTTP/1.1\r\n${HEAD}\r\n`, 400],
    ['the absolute form', `GET http://localhost/pages/films/77 HTTP/1.1\r\n${HEAD}\r\n`, 400],
    ['TRACE', `TRACE /pages/films/77 HTTP/1.1\r\n${HEAD}X-Secret: told\r\n\r\n`, 405],
  ])('%s', async (_, bytes, status) => {
    const said = await say(bytes);
    expect(said.statuses).toEqual([status]);
    expect(said.text).not.toContain('told');
    expect(await smuggled()).toBe(0);
  });

  it('two Hosts', async () => {
    const { statuses } = await say('GET /pages/films/77 HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n');
    expect(statuses.filter(status => status < 400)).toEqual([]);
    expect(await smuggled()).toBe(0);
  });

  it('CONNECT', async () => {
    const { statuses, isOver } = await say('CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n');
    expect([statuses.filter(status => status < 400), isOver]).toEqual([[], true]);
  });

  it('an Upgrade that nobody has', async () => {
    const upgrade =
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n';
    const { statuses } = await say(`GET /pages/none HTTP/1.1\r\n${HEAD}${upgrade}\r\n`);
    expect(statuses).not.toContain(101);
    expect(statuses.filter(status => status < 400)).toEqual([]);
  });

  it('an Expect that nobody knows', async () => {
    const { statuses } = await say(
      `POST /pages/orders HTTP/1.1\r\n${HEAD}Expect: 200-ok\r\nContent-Length: 2\r\n\r\n{}`,
    );
    expect(statuses.filter(status => status >= 200 && status < 400)).toEqual([]);
  });
});

describe('a guarded page stays guarded, however its path is written:', () => {
  it.each([
    '/pages/account',
    '/pages//account',
    '//pages/account',
    '/pages/account/',
    '/pages/%61ccount',
    '/PAGES/account',
    '/pages/Account',
    '/pages/films/../account',
    '/pages/films/%2e%2e/account',
    '/pages/films/..%2faccount',
    '/pages%2faccount',
    '/pages/account;x=1',
    '/pages/account%00',
    '/pages/account%20',
    '/pages/account?x',
    '/pages/account#x',
    '/pages\\account',
    '/./pages/account',
  ])('%s', async path => {
    for (const method of ['GET', 'HEAD']) {
      const { statuses } = await say(`${method} ${path} HTTP/1.1\r\n${HEAD}Connection: close\r\n\r\n`);
      expect([400, 401, 404]).toContain(statuses[0]);
    }
    const asked = await Promise.all(services.map(requestsOf));
    expect(asked.flat()).toEqual([]);
  });
});

describe('many', () => {
  /** Asks for pages one at a time. @returns their p99, in milliseconds */
  async function askInTurn(): Promise<number> {
    const took: number[] = [];
    for (let n = 0; n < (LONG ? 500 : 50); n++) {
      const since = performance.now();
      expect((await request(`${web.url}/pages/films/${(n % 50) + 1}`)).status).toBe(200);
      took.push(performance.now() - since);
    }
    return quantile(took, 0.99);
  }

  it('requests in one piece are each answered, in order', async () => {
    const count = LONG ? 1_000 : 200;
    const ids = Array.from({ length: count }, (_, n) => (n % 50) + 1);
    const bytes = ids.map(id => `GET /pages/films/${id}0000 HTTP/1.1\r\n${HEAD}X-Request-Id: n${id}\r\n\r\n`).join('');
    const { statuses, text } = await say(bytes, 1_500);
    expect(statuses).toEqual(ids.map(() => 404));
    const answered = [...text.matchAll(/"requestId":"n(\d+)"/g)].map(([, id]) => Number(id));
    expect(answered).toEqual(ids);
  }, 60_000);

  it('idle and slow connections keep nobody else waiting', async () => {
    const [idle, slow] = LONG ? [10_000, 1_000] : [300, 100];
    const alone = await askInTurn();
    const sockets: Socket[] = [];
    const open = async (): Promise<Socket> => {
      const socket = connect(web.port, '127.0.0.1');
      socket.on('error', () => {});
      await once(socket, 'connect');
      sockets.push(socket);
      return socket;
    };
    for (let n = 0; n < idle; n++) await open();
    for (let n = 0; n < slow; n++) (await open()).write('GET /pages/films/1 HTTP/1.1\r\nHost: local');
    const drip = setInterval(() => sockets.slice(idle).forEach(socket => socket.write('h')), 500);
    try {
      const beside = await askInTurn();
      measured(
        'p99 of pages alone / beside idle and slow connections, ms',
        `${alone.toFixed(1)} / ${beside.toFixed(1)}`,
      );
      // Only where nothing else runs does a p99 say something.
      if (LONG) expect(beside).toBeLessThanOrEqual(2 * alone + 5);
    } finally {
      clearInterval(drip);
      for (const socket of sockets) socket.destroy();
    }
  }, 120_000);

  it('bytes of a head, a body or a path are refused by their own status', async () => {
    const long = 'x'.repeat(20_000);
    expect((await say(`GET /pages/films/1 HTTP/1.1\r\n${HEAD}X-A: ${long}\r\n\r\n`)).statuses).toEqual([431]);
    const [path] = (await say(`GET /pages/films/${'1'.repeat(2_000)} HTTP/1.1\r\n${HEAD}\r\n`)).statuses;
    expect(path).toBe(414);
    const { statuses } = await say(
      `POST /pages/orders HTTP/1.1\r\n${HEAD}Content-Type: application/json\r\nContent-Length: 200000\r\n\r\n{`,
    );
    expect([401, 413]).toContain(statuses[0]);
  });
});
