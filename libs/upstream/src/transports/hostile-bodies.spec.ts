import { gzipSync } from 'node:zlib';
import { runInContext, UpstreamError } from 'guichet/kernel';
import { contextOf, upstreamRig, type UpstreamRig } from '../../test/upstream-rig.js';
import { HttpUpstream } from '../http-upstream.js';
import { Upstream } from '../upstream.decorator.js';
import { firstValueFrom } from 'rxjs';
import { answer, chunkedHead, pour, type RawRequest, RawServer } from './raw-server.test-rig.js';

const CAP = 2 * 1024 * 1024;
const MEBIBYTE = Buffer.alloc(1024 * 1024, 32);

@Upstream('catalog', { timeoutMs: 30_000, breaker: false })
class CatalogClient extends HttpUpstream {
  thing(timeoutMs?: number) {
    return this.get('/thing', timeoutMs === undefined ? {} : { timeoutMs });
  }
}

describe('hostile bodies', () => {
  let respond: (request: RawRequest) => void;
  let server: RawServer;
  let rig: UpstreamRig;

  beforeAll(async () => {
    server = await new RawServer(request => respond(request)).start();
    rig = await upstreamRig([CatalogClient]);
    rig.source.set('catalog', server.instance('catalog'));
    rig.app.useLogger(false);
    // The first exchange of a process compiles the parser: not to be measured.
    respond = ({ socket }) => socket.write(answer('{}'));
    await ask();
  });
  afterAll(async () => {
    await rig.close();
    await server.close();
  });

  const ask = (timeoutMs?: number): Promise<unknown> =>
    runInContext(contextOf(60_000), () => firstValueFrom(rig.app.get(CatalogClient).thing(timeoutMs)));

  async function failureOf(bytes: string | Buffer | ((request: RawRequest) => void), timeoutMs?: number) {
    respond = typeof bytes === 'function' ? bytes : ({ socket }) => socket.end(bytes);
    const error = await ask(timeoutMs).then(
      value => Promise.reject(new Error(`answered ${JSON.stringify(value)?.slice(0, 80)}`)),
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(UpstreamError);
    return error as UpstreamError;
  }

  const gzipped = (times: number): Buffer => {
    let bytes: Buffer = Buffer.alloc(10 * 1024 * 1024, '[');
    for (let i = 0; i < times; i++) bytes = gzipSync(bytes);
    return bytes;
  };
  const encoded = (encoding: string, body: Buffer): Buffer =>
    Buffer.concat([Buffer.from(answer('', { 'content-length': body.length, 'content-encoding': encoding })), body]);
  const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

  it.each([
    ['truncated, with a length', answer('{"a":1', { 'content-length': 100 }), 'upstream-reset'],
    ['truncated, in chunks', chunkedHead() + chunk('{"a":'), 'upstream-reset'],
    [
      'truncated, until the end',
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{"a":',
      'upstream-malformed',
    ],
    ['longer than it says', answer('{"a":1}', { 'content-length': 5 }), 'upstream-malformed'],
    ['of two lengths', answer('{}', { 'content-length': '2\r\ncontent-length: 3' }), 'upstream-malformed'],
    ['of a negative length', answer('{}', { 'content-length': -2 }), 'upstream-malformed'],
    ['of a length that is none', answer('{}', { 'content-length': '2x' }), 'upstream-malformed'],
    ['of a length beyond numbers', answer('{}', { 'content-length': '9'.repeat(30) }), 'upstream-malformed'],
    [
      'with a length and in chunks',
      answer(chunk('{}') + chunk(''), { 'transfer-encoding': 'chunked' }),
      'upstream-malformed',
    ],
    ['with a bad chunk', `${chunkedHead()}zz\r\n{}`, 'upstream-malformed'],
    ['empty', answer(''), 'upstream-malformed'],
    ['no JSON', answer('{"a":NaN}'), 'upstream-malformed'],
    ['a string that is no JSON', answer('ok'), 'upstream-malformed'],
    ['JSON and more', answer('{} {}'), 'upstream-malformed'],
    ['no UTF-8', Buffer.from(answer('"\xff\xfe"'), 'latin1'), 'upstream-malformed'],
    ['of another type', answer('{}', { 'content-type': 'text/html' }), 'upstream-malformed'],
    ['of no type', answer('{}', { 'content-type': '' }), 'upstream-malformed'],
    ['gzipped, unasked', encoded('gzip', gzipSync('{}')), 'upstream-malformed'],
    ['a gzip bomb', encoded('gzip', gzipped(1)), 'upstream-malformed'],
    ['a gzip bomb in three layers', encoded('gzip, gzip, gzip', gzipped(3)), 'upstream-malformed'],
    ['a gzip bomb that is called plain', encoded('identity', gzipped(1)), 'upstream-malformed'],
    ['a brotli of no bytes', encoded('br', Buffer.alloc(0)), 'upstream-malformed'],
    ['of 5 GB, it says', answer('{}', { 'content-length': 5_000_000_000 }), 'upstream-too-large'],
    ['one byte too large', answer(' '.repeat(CAP + 1)), 'upstream-too-large'],
  ])('are a typed failure: one %s', async (_, bytes, code) => {
    expect((await failureOf(bytes)).code).toBe(code);
  });

  it.each([
    [
      '5 GB, declared',
      (r: RawRequest) => {
        r.socket.write(answer('', { 'content-length': 5_000_000_000 }));
        pour(r.socket, MEBIBYTE);
      },
    ],
    [
      'infinite, until the end',
      (r: RawRequest) => {
        r.socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n');
        pour(r.socket, MEBIBYTE);
      },
    ],
    [
      'infinite, in chunks',
      (r: RawRequest) => {
        r.socket.write(chunkedHead());
        pour(r.socket, Buffer.concat([Buffer.from('100000\r\n'), MEBIBYTE, Buffer.from('\r\n')]));
      },
    ],
    [
      'infinite, in chunks of a byte',
      (r: RawRequest) => {
        r.socket.write(chunkedHead());
        pour(r.socket, Buffer.from('1\r\n \r\n'.repeat(10_000)));
      },
    ],
  ])('are cut off at the cap, socket and all: one %s', async (_, pourOut) => {
    expect(await failureOf(pourOut)).toMatchObject({ code: 'upstream-too-large', status: 200 });
    const { socket } = server.requests.at(-1)!;
    if (!socket.destroyed) await new Promise(resolve => socket.once('close', resolve));
    expect(socket.bytesWritten).toBeLessThan(64 * CAP);
  });

  it('are refused at their head when they are encoded', async () => {
    const error = await failureOf(({ socket }) => {
      socket.write(chunkedHead({ 'content-encoding': 'gzip' }));
      pour(socket, Buffer.concat([Buffer.from('100000\r\n'), MEBIBYTE, Buffer.from('\r\n')]));
    });
    expect(error).toMatchObject({ code: 'upstream-malformed', status: 200 });
  });

  it('cost memory in proportion to the cap', async () => {
    const drops = (r: RawRequest): void => {
      r.socket.write(chunkedHead());
      pour(r.socket, Buffer.from('1\r\n \r\n'.repeat(10_000)));
    };
    await failureOf(drops);
    const before = process.memoryUsage.rss();
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 2);
    for (let i = 0; i < 3; i++) {
      await failureOf(drops);
      await failureOf(encoded('gzip', gzipped(1)));
    }
    clearInterval(watch);
    // Two million buffers would be hundreds of MB. Server and client share this process.
    expect(most - before).toBeLessThan(100 * 1024 * 1024);
  });

  it.each([
    ['header lines without end', 'HTTP/1.1 200 OK\r\n', 'x-more: and more\r\n', 'upstream-malformed'],
    ['trailers without end', `${chunkedHead()}2\r\n{}\r\n0\r\n`, 'x-more: and more\r\n', 'upstream-malformed'],
  ])('include %s', async (_, begin, more, code) => {
    const error = await failureOf(({ socket }) => {
      socket.write(begin);
      pour(socket, Buffer.from(more.repeat(100)));
    });
    expect(error.code).toBe(code);
  });

  it.each([
    ['informational answers without end', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'],
    ['a chunk extension without end', 'a'],
  ])('end with the attempt when they are %s', async (_, more) => {
    const error = await failureOf(({ socket }) => {
      if (more === 'a') socket.write(`${chunkedHead()}2;`);
      const timer = setInterval(() => socket.destroyed || socket.write(more), 2);
      socket.once('close', () => clearInterval(timer));
    }, 80);
    expect(error.code).toBe('upstream-timeout');
  });

  it('pollute nothing, by __proto__ or by keys that stand twice', async () => {
    respond = ({ socket }) =>
      socket.end(
        answer('{"a":1,"__proto__":{"isAdmin":true},"__proto__":null,"a":2,"constructor":{"prototype":{"b":1}}}'),
      );
    const value = (await ask()) as object;
    expect(Object.keys(value)).toEqual(['a', 'constructor']);
    expect(value).toMatchObject({ a: 2 });
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
    expect(({} as Record<string, unknown>)['b']).toBeUndefined();
  });
});
