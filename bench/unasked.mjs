/**
 * How many calls are given an answer that nobody asked for, as `HTTP/1.1` cannot tell it from theirs: `node bench/unasked.mjs`, after
 * a build. An instance sends a second answer some time after some of its first ones; the pool is as an upstream has it, with and
 * without a rest of its connections.
 * @see docs/decisions/0017-answers-nobody-asked-for.md
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { built } from './built.mjs';

const CALLS = 3_200;
const AT_ONCE = 8;
const LATE_MS = [0, 1, 2, 5, 6, 8, 20];

const load = async file => import(await built(`libs/${file}.js`));
const { systemClock, TimerWheel } = await load('kernel/index');
const { upstreamOptionsSchema } = await load('upstream/index');
const { HttpPool } = await load('upstream/transports/http-pool');
const defaults = upstreamOptionsSchema.parse({});

/** One call, by undici's first handler interface. */
class Call {
  answer = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
  #body = '';
  onConnect() {}
  onHeaders() {
    return true;
  }
  onData(chunk) {
    this.#body += chunk;
    return true;
  }
  onComplete() {
    this.settle.resolve(this.#body);
  }
  onError(error) {
    this.settle.reject(error);
  }
}

const answer = text => `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`;

/** Answers each request with its path, and every so many of them once more, so late. */
async function startInstance(every, lateMs) {
  const sockets = new Set();
  let requests = 0;
  const server = createServer({ noDelay: true }, socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    socket.on('data', bytes => {
      socket.write(answer(/^GET (\S+)/.exec(bytes.toString('latin1'))[1]));
      if (requests++ % every !== 0) return;
      const again = () => socket.destroyed || socket.write(answer('unasked'));
      if (lateMs === 0) setImmediate(again);
      else setTimeout(again, lateMs);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port: server.address().port, stop };
}

/** @returns {Promise<{ wrong: number, failed: number }>} */
async function tried(connectionRestMs, every, lateMs) {
  const { port, stop } = await startInstance(every, lateMs);
  const instance = { id: 'one', service: 'one', host: '127.0.0.1', port, weight: 1, tags: [], meta: {} };
  const pool = new HttpPool(instance, {
    config: { ...defaults, connectionRestMs },
    tls: {},
    clock: systemClock,
    wheel: new TimerWheel(systemClock),
    onDistrust() {},
  });
  const counts = { wrong: 0, failed: 0 };
  const caller = async number => {
    for (let i = 0; i < CALLS / AT_ONCE; i++) {
      const path = `/${number}/${i}`;
      const call = new Call();
      pool.dispatch({ method: 'GET', path }, call);
      await call.answer.then(
        text => (counts.wrong += text === path ? 0 : 1),
        () => (counts.failed += 1),
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, number) => caller(number)));
  await pool.destroy();
  stop();
  return counts;
}

process.stdout.write(`of ${CALLS} calls, ${AT_ONCE} at a time, the answers to nobody: wrong (failed)\n`);
process.stdout.write(`${'late by ms'.padEnd(34)}${LATE_MS.map(ms => String(ms).padStart(9)).join('')}\n`);
for (const restMs of [defaults.connectionRestMs, 0]) {
  for (const every of [1, 50]) {
    const cells = [];
    for (const lateMs of LATE_MS) {
      const { wrong, failed } = await tried(restMs, every, lateMs);
      cells.push(`${wrong} (${failed})`.padStart(9));
      await delay(50);
    }
    process.stdout.write(`${`rest ${restMs} ms, after every ${every}`.padEnd(34)}${cells.join('')}\n`);
  }
}
