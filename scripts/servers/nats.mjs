/**
 * A real NATS for the example and the tests: finds or obtains the program, and runs it as a throw-away server on loopback.
 * By hand: `node scripts/servers/nats.mjs` starts one on port 4222; `--path` only says where the program is. Built-ins only.
 */
import { connect } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { onPath } from './debian.mjs';
import { unpackDebianPackage } from './debian-package.mjs';
import { freePort } from './free-port.mjs';
import { startGuarded } from './guarded.mjs';

const here = fileURLToPath(import.meta.url);
/** Of Debian: 2.9, statically linked, so that it runs on later releases, too. */
const SUITE = 'bookworm';
const PATIENCE_MS = 20_000;

/**
 * Finds NATS: `nats-server` on PATH, else in the repository's cache, else from Debian's package (into the cache).
 * @param {{ log?: (line: string) => void, cacheFolder?: string }} [options]
 * @returns {Promise<string>} the program's path
 * @throws {Error} that names the choices
 */
export async function obtainNats({ log = () => {}, cacheFolder = join(dirname(here), '../../.cache/nats') } = {}) {
  const unpacked = resolve(cacheFolder, SUITE);
  const find = () => onPath('nats-server') ?? onPath('nats-server', join(unpacked, 'usr/sbin'));
  const found = find();
  if (found) return found;
  try {
    await unpackDebianPackage({ name: 'nats-server', suite: SUITE, into: unpacked, log });
    const fetched = find();
    if (fetched) return fetched;
    throw new Error(`${unpacked} holds no program; remove it`);
  } catch (error) {
    throw new Error(
      'No NATS here. Choose one: put `nats-server` on PATH; ' +
        `or run on Debian with apt, which has it as a package (${error.message}).`,
      { cause: error },
    );
  }
}

/**
 * @typedef {object} RunningNats
 * @property {string} address  `host:port` for clients
 * @property {number} port
 * @property {() => Promise<void>} stop  ends it in good order
 * @property {() => Promise<void>} kill  ends it as a crash would
 * @property {() => void} stand  stops it where it stands, connections open
 * @property {() => void} goOn
 */

/**
 * Starts a server. It ends with this process, however this process ends.
 * @param {{ program: string, port?: number, args?: readonly string[] }} options  port 0 or none: a free one; args: further flags
 * @returns {Promise<RunningNats>} once it greets who connects
 * @throws {Error} when it ends or is not ready within 20 s; holds its last lines
 */
export async function startNats({ program, port: wanted = 0, args = [] }) {
  const port = wanted || (await freePort());
  const server = startGuarded(program, ['-a', '127.0.0.1', '-p', String(port), ...args]);
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await greets(port))) {
    if (!server.hasEnded() && Date.now() < deadline) {
      await Promise.race([server.ended, pause(15)]);
      continue;
    }
    await server.end('SIGKILL');
    throw new Error(`NATS did not come up on port ${port}:\n${server.lastWords()}`);
  }
  server.detach();
  return {
    address: `127.0.0.1:${port}`,
    port,
    stop: () => server.end('SIGTERM'),
    kill: () => server.end('SIGKILL'),
    stand: () => server.signal('SIGSTOP'),
    goOn: () => server.signal('SIGCONT'),
  };
}

/** @param {number} port @returns {Promise<boolean>} whether a server there says `INFO`, as NATS does at once */
function greets(port) {
  return new Promise(done => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', chunk => done(chunk.toString('latin1').startsWith('INFO ')) ?? socket.destroy());
    socket.once('error', () => {});
    socket.once('close', () => done(false));
    socket.setTimeout(2_000, () => socket.destroy());
  });
}

async function main([command, value]) {
  const log = line => process.stderr.write(`${line}\n`);
  if (command === '--path') return void console.log(await obtainNats({ log }));
  if (command !== undefined && !(command === '--port' && /^\d{1,5}$/.test(value ?? ''))) {
    throw new Error(`unknown argument ${command}: --path, or --port N (0: a free one)`);
  }
  const nats = await startNats({
    program: await obtainNats({ log }),
    port: command === '--port' ? Number(value) : 4222,
  });
  console.log(`NATS answers: NATS_ADDRESS=${nats.address}  (Ctrl-C ends it)`);
  const staying = setInterval(() => {}, 1 << 30);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void nats.stop().finally(() => clearInterval(staying)));
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(process.argv.slice(2)).catch(error => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
