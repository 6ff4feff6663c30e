import { once } from 'node:events';
import { type Clock, runInContext, systemClock, UpstreamError } from 'guichet/kernel';
import { firstValueFrom } from 'rxjs';
import { contextOf, type RigOptions, upstreamRig, type UpstreamRig } from '../../test/upstream-rig.js';
import { HttpUpstream } from '../http-upstream.js';
import { Upstream } from '../upstream.decorator.js';
import { answer, type RawRequest, RawServer } from './raw-server.test-rig.js';

@Upstream('catalog', { breaker: false, singleflight: false, maxRetries: 0 })
class CatalogClient extends HttpUpstream {
  thing() {
    return this.get('/thing');
  }
}

describe('what nobody asked for', () => {
  const open: { close(): Promise<void> }[] = [];

  afterEach(async () => {
    for (const it of open.splice(0).toReversed()) await it.close();
  });

  async function rigOf(
    respond: (request: RawRequest) => void,
    options: RigOptions['defaults'] = {},
    clock: Clock = systemClock,
  ) {
    const server = await new RawServer(respond).start();
    const rig: UpstreamRig = await upstreamRig([CatalogClient], { defaults: options, clock });
    rig.app.useLogger(false);
    open.push(server, rig);
    rig.source.set('catalog', server.instance('catalog'));
    const ask = (requestId: string): Promise<unknown> =>
      runInContext(contextOf(10_000, requestId), () => firstValueFrom(rig.app.get(CatalogClient).thing()));
    return { server, ask };
  }

  const own = ({ header }: RawRequest): string => answer(JSON.stringify({ for: header('x-request-id') }));
  const stray = answer('{"for":"stray"}');
  const later = (socket: RawRequest['socket'], delayMs: number, bytes: string): void =>
    void setTimeout(() => socket.destroyed || socket.write(bytes), delayMs);

  it.each<[string, (request: RawRequest) => void]>([
    ['with the answer', r => r.socket.write(own(r) + stray)],
    [
      'right after it',
      r => {
        r.socket.write(own(r));
        setImmediate(() => r.socket.destroyed || r.socket.write(stray));
      },
    ],
    [
      'in two pieces',
      r => {
        r.socket.write(own(r) + stray.slice(0, 30));
        later(r.socket, 1, stray.slice(30));
      },
    ],
    [
      'a millisecond later',
      r => {
        r.socket.write(own(r));
        later(r.socket, 1, stray);
      },
    ],
    [
      'some milliseconds later',
      r => {
        r.socket.write(own(r));
        later(r.socket, 5, stray);
      },
    ],
    ['as bytes that are no answer', r => r.socket.write(`${own(r)}{"for":"stray"}`)],
    ['a half line', r => r.socket.write(`${own(r)}HTTP/1.1 2`)],
  ])('reaches nobody when it comes %s', async (_, respond) => {
    const { ask } = await rigOf(respond, { connectionRestMs: 20 });
    const askAll = async (user: number): Promise<void> => {
      for (let i = 0; i < 15; i++) {
        const id = `user-${user}-${i}`;
        expect(await ask(id)).toEqual({ for: id });
      }
    };
    await Promise.all(Array.from({ length: 8 }, (__, user) => askAll(user)));
  });

  it('ends the use of connections for more than one call, for every connection of that instance', async () => {
    const { server, ask } = await rigOf(r => {
      r.socket.write(own(r));
      if (r.number === 1) setImmediate(() => r.socket.write(stray));
    });
    await ask('first');
    await once(server.requests[0]!.socket, 'close');
    const before = server.requests.length;
    for (let i = 0; i < 5; i++) await ask(`id-${i}`);
    const later5 = server.requests.slice(before);
    expect(new Set(later5.map(({ socket }) => socket)).size).toBe(5);
    expect(later5.map(({ header }) => header('connection'))).toEqual(Array.from({ length: 5 }, () => 'close'));
  });

  it('is forgiven after ten minutes', async () => {
    let forgive: (() => void) | undefined;
    const clock = Object.create(systemClock) as Clock;
    clock.setTimer = (callback, delayMs) => {
      if (delayMs !== 600_000) return systemClock.setTimer(callback, delayMs);
      forgive = callback;
      return { clear: () => {} };
    };
    const { server, ask } = await rigOf(
      r => r.socket.write(r.number === 1 ? own(r) + stray : own(r)),
      { connectionRestMs: 0 },
      clock,
    );
    await ask('first');
    await once(server.requests[0]!.socket, 'close');
    expect(forgive).toBeDefined();
    forgive!();
    for (const id of ['a', 'b', 'c']) {
      await ask(id);
      await new Promise(setImmediate);
    }
    const sockets = server.requests.slice(1).map(({ socket }) => socket);
    expect(sockets).toHaveLength(3);
    expect(new Set(sockets).size).toBe(1);
  });

  it('finds no connection where none is used twice', async () => {
    const { server, ask } = await rigOf(r => r.socket.write(own(r)), { reusesConnections: false });
    for (let i = 0; i < 5; i++) expect(await ask(`id-${i}`)).toEqual({ for: `id-${i}` });
    expect(new Set(server.requests.map(({ socket }) => socket)).size).toBe(5);
  });

  it('lets a connection rest, and serves the next call by another', async () => {
    const { server, ask } = await rigOf(r => r.socket.write(own(r)), { connectionRestMs: 1_000 });
    await ask('a');
    await ask('b');
    expect(new Set(server.requests.map(({ socket }) => socket)).size).toBe(2);
  });

  it('uses a connection again once it has rested', async () => {
    const { server, ask } = await rigOf(r => r.socket.write(own(r)), { connectionRestMs: 1 });
    await ask('a');
    await new Promise(resolve => setTimeout(resolve, 100));
    await ask('b');
    expect(new Set(server.requests.map(({ socket }) => socket)).size).toBe(1);
  });

  it('serves calls that wait by a connection that is rested, closed or refused', async () => {
    let n = 0;
    const { ask } = await rigOf(
      r => {
        n++;
        if (n % 5 === 0) r.socket.end(own(r).replace('\r\n', '\r\nconnection: close\r\n'));
        else if (n % 7 === 0) r.socket.write(own(r) + stray);
        else r.socket.write(own(r));
      },
      { maxConnections: 20, connectionRestMs: 10 },
    );
    const ids = Array.from({ length: 40 }, (_, i) => `id-${i}`);
    expect(await Promise.all(ids.map(ask))).toEqual(ids.map(id => ({ for: id })));
  });

  describe('where the upstream echoes the request id', () => {
    const echo = (r: RawRequest, id = r.header('x-request-id')!): string =>
      answer(JSON.stringify({ for: id }), { 'x-request-id': id });

    it('is told from the answer however late it comes', async () => {
      const { server, ask } = await rigOf(
        r => {
          // The second of a connection gets what is another's first.
          const isFirst = server.requests.filter(({ socket }) => socket === r.socket).length === 1;
          r.socket.write(isFirst ? echo(r) : echo(r, 'somebody-else'));
        },
        { echoesRequestId: true, connectionRestMs: 0 },
      );
      expect(await ask('mine')).toEqual({ for: 'mine' });
      await new Promise(resolve => setTimeout(resolve, 20));
      const error = await ask('also-mine').catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(UpstreamError);
      expect(error).toMatchObject({ code: 'upstream-malformed' });
      expect(String(error)).not.toContain('somebody-else');
      await once(server.requests[1]!.socket, 'close');
    });

    it('is refused without an id', async () => {
      const { ask } = await rigOf(r => r.socket.write(own(r)), { echoesRequestId: true });
      await expect(ask('mine')).rejects.toMatchObject({ code: 'upstream-malformed' });
    });
  });
});
