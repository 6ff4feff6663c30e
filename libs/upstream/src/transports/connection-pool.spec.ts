import { setTimeout as pause } from 'node:timers/promises';
import { systemClock, TimerWheel } from 'guichet/kernel';
import type { Dispatcher } from 'undici';
import { ConnectionPool, type ConnectionPoolParts } from './connection-pool.js';
import { answer, type RawRequest, RawServer } from './raw-server.test-rig.js';

/** Who waits for an answer's end. */
class Handler implements Dispatcher.DispatchHandler {
  readonly ended: Promise<string>;
  private body = '';
  private settle!: { resolve: (body: string) => void; reject: (error: Error) => void };

  constructor() {
    this.ended = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    this.ended.catch(() => {});
  }

  onConnect(): void {}
  onHeaders(): boolean {
    return true;
  }
  onData(chunk: Buffer): boolean {
    this.body += chunk.toString();
    return true;
  }
  onComplete(): void {
    this.settle.resolve(this.body);
  }
  onError(error: Error): void {
    this.settle.reject(error);
  }
}

describe('ConnectionPool', () => {
  const open: { close(): Promise<void> }[] = [];

  afterEach(async () => {
    for (const it of open.splice(0).toReversed()) await it.close();
  });

  async function rigOf(
    respond: (request: RawRequest) => void = ({ socket, number }) => socket.write(answer(String(number))),
    parts: Partial<ConnectionPoolParts> = {},
  ) {
    const server = await new RawServer(respond).start();
    const { port } = server.instance('thing');
    const gone: (Error & { code?: string })[] = [];
    const pool = new ConnectionPool({
      address: new URL(`http://127.0.0.1:${port}`),
      options: { pipelining: 1, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 60_000 },
      maxConnections: 10,
      restMs: 0,
      clock: systemClock,
      wheel: new TimerWheel(systemClock),
      onDisconnect: error => gone.push(error),
      ...parts,
    });
    open.push(server, { close: () => pool.destroy() });
    const ask = (path = '/'): Promise<string> => {
      const handler = new Handler();
      pool.dispatch({ method: 'GET', path }, handler);
      return handler.ended;
    };
    const socketsOf = (from: number): number => new Set(server.requests.slice(from).map(({ socket }) => socket)).size;
    return { server, pool, ask, gone, socketsOf };
  }

  /** Its connection is free one turn after an answer. */
  const turn = (): Promise<unknown> => pause(2);

  it('opens a connection for each exchange at once, up to its bound, and lets further ones wait in order', async () => {
    const { server, ask } = await rigOf(undefined, { maxConnections: 3 });
    const order: number[] = [];
    await Promise.all(Array.from({ length: 12 }, (_, i) => ask(`/${i}`).then(() => order.push(i))));
    expect(server.openCount).toBe(3);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it('uses the connection that was used last', async () => {
    const { server, ask } = await rigOf();
    await Promise.all(Array.from({ length: 5 }, () => ask()));
    await turn();
    for (let i = 0; i < 10; i++) {
      await ask();
      await turn();
    }
    const later = server.requests.slice(5).map(({ socket }) => socket);
    expect(new Set(later).size).toBe(1);
    expect(later[0]).toBe(server.requests[4]!.socket);
  });

  it('uses one that has just rested before one that has lain idle for long', async () => {
    const { ask, socketsOf } = await rigOf(undefined, { restMs: 5 });
    await Promise.all(Array.from({ length: 6 }, () => ask()));
    for (let i = 0; i < 8; i++) {
      await pause(12);
      await ask();
    }
    expect(socketsOf(6)).toBe(1);
  });

  it('uses none that rests, not even for exchanges that wait', async () => {
    const { server, ask } = await rigOf(undefined, { restMs: 100, maxConnections: 2 });
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 4 }, () => ask()));
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(100);
    expect(server.openCount).toBe(2);
  });

  it('gives what waits a connection whose socket is gone, at once', async () => {
    const { ask, gone } = await rigOf(({ socket, number }) => void socket.end(answer(String(number))), {
      restMs: 60_000,
      maxConnections: 1,
    });
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['1', '2', '3']);
    expect(gone).toHaveLength(2);
  });

  it('goes on after connections that were refused', async () => {
    const { server, ask, pool } = await rigOf(undefined, { maxConnections: 2 });
    const refusing = new ConnectionPool({
      ...(pool as unknown as { parts: ConnectionPoolParts }).parts,
      address: new URL('http://127.0.0.1:1'),
    });
    open.push({ close: () => refusing.destroy() });
    for (let i = 0; i < 3; i++) {
      const handlers = Array.from({ length: 5 }, () => new Handler());
      for (const handler of handlers) refusing.dispatch({ method: 'GET', path: '/' }, handler);
      const ends = await Promise.allSettled(handlers.map(({ ended }) => ended));
      expect(ends.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'rejected'));
    }
    await ask();
    expect(server.openCount).toBe(1);
  });

  it('loses no connection to a request that cannot be sent', async () => {
    const { server, ask, pool } = await rigOf(undefined, { maxConnections: 1 });
    const under = ask();
    const bad = Array.from({ length: 3 }, () => new Handler());
    for (const handler of bad) pool.dispatch({ method: 'GET', path: 'not a path' }, handler);
    const good = ask();
    await expect(bad[0]!.ended).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' });
    expect(await Promise.all([under, good])).toEqual(['1', '2']);
    pool.dispatch({ method: 'GET', path: 'not a path' }, bad[0]!);
    await turn();
    expect(await ask()).toBe('3');
    expect(server.openCount).toBe(1);
  });

  it('skips a request whose caller is gone, and keeps the connection', async () => {
    const { server, ask, pool } = await rigOf(undefined, { maxConnections: 1 });
    const under = ask();
    const left = new Handler();
    left.onConnect = () => {
      throw new Error('let go');
    };
    pool.dispatch({ method: 'GET', path: '/left' }, left);
    const good = ask();
    await expect(left.ended).rejects.toThrow('let go');
    expect(await Promise.all([under, good])).toEqual(['1', '2']);
    expect(server.openCount).toBe(1);
    expect(server.requests.map(({ head }) => head.split(' ')[1])).not.toContain('/left');
  });

  it('closes once what is under way and what waits is served, and takes nothing more', async () => {
    const { server, ask, pool } = await rigOf(
      ({ socket, number }) => void setTimeout(() => socket.write(answer(String(number))), 20),
      { maxConnections: 1 },
    );
    const asked = [ask(), ask(), ask()];
    const closed = pool.close();
    await expect(ask()).rejects.toMatchObject({ code: 'UND_ERR_CLOSED' });
    await closed;
    expect(await Promise.all(asked)).toEqual(['1', '2', '3']);
    await turn();
    expect(server.openCount).toBe(0);
  });

  it('ends at once, with what is under way and what waits', async () => {
    const { server, ask, pool } = await rigOf(() => {}, { maxConnections: 1 });
    const asked = [ask(), ask()];
    while (server.requests.length === 0) await turn();
    const closed = pool.close();
    await pool.destroy();
    await closed.catch(() => {});
    const ends = await Promise.allSettled(asked);
    expect(ends.map(end => (end as PromiseRejectedResult).reason as unknown)).toEqual([
      expect.objectContaining({ code: 'UND_ERR_DESTROYED' }),
      expect.objectContaining({ code: 'UND_ERR_DESTROYED' }),
    ]);
    await turn();
    expect(server.openCount).toBe(0);
  });
});
