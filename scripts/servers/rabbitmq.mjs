/**
 * A real RabbitMQ for the tests: obtains the program with its Erlang, and runs it as a throw-away broker on loopback.
 * By hand: `node scripts/servers/rabbitmq.mjs` starts one on a free port; `--path` only says where it is. Built-ins only.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { unpackDebianPackage } from './debian-package.mjs';
import { freePort } from './free-port.mjs';
import { startGuarded } from './guarded.mjs';

const here = fileURLToPath(import.meta.url);
/** Of Debian: 3.10, with Erlang 25. */
const SUITE = 'bookworm';
const PATIENCE_MS = 60_000;

/**
 * @typedef {object} RabbitmqPrograms
 * @property {string} erlang    Erlang's folder: `…/usr/lib/erlang`
 * @property {string} rabbitmq  RabbitMQ's folder, which holds `plugins`
 */

/**
 * Finds RabbitMQ in the repository's cache, else takes it from Debian's package and those it needs (into the cache). It is never
 * one of the system's: their scripts would run it with the system's data and node name.
 * @param {{ log?: (line: string) => void, cacheFolder?: string }} [options]
 * @returns {Promise<RabbitmqPrograms>}
 * @throws {Error} that names the choices
 */
export async function obtainRabbitmq({
  log = () => {},
  cacheFolder = join(dirname(here), '../../.cache/rabbitmq'),
} = {}) {
  const unpacked = resolve(cacheFolder, SUITE);
  const cached = programsIn(unpacked);
  if (cached) return cached;
  try {
    await unpackDebianPackage({ name: 'rabbitmq-server', suite: SUITE, into: unpacked, withNeeds: true, log });
    const fetched = programsIn(unpacked);
    if (fetched) return fetched;
    throw new Error(`${unpacked} holds no RabbitMQ with its Erlang; remove it`);
  } catch (error) {
    throw new Error(
      `No RabbitMQ here. Run on Debian ${SUITE} with apt, which has it as a package, without an Erlang of the system's ` +
        `(${error.message}).`,
      { cause: error },
    );
  }
}

/**
 * @typedef {object} RunningRabbitmq
 * @property {string} address  `host:port` for clients; they sign in as `guest`
 * @property {number} port
 * @property {() => Promise<void>} kill  ends it as a crash would; all it knew is gone with it
 */

/**
 * Starts a broker with a node name, a cookie, ports and data of its own, and an own `epmd`, which tells Erlang's nodes of each other. All
 * end with this process, however this process ends.
 * @param {{ programs: RabbitmqPrograms, port?: number }} options  port 0 or none: a free one
 * @returns {Promise<RunningRabbitmq>} once it greets who connects
 * @throws {Error} when it ends or is not ready within a minute; holds its last lines
 */
export async function startRabbitmq({ programs, port: wanted = 0 }) {
  const port = wanted || (await freePort());
  const [epmdPort, nodePort] = [await freePort(), await freePort()];
  const data = mkdtempSync(join(tmpdir(), 'guichet-rabbitmq-'));
  const binaries = binariesIn(programs.erlang);
  const env = {
    ...environment(programs, data),
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `guichet-${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(nodePort),
  };
  const epmd = startGuarded(join(binaries, 'epmd'), [], env);
  const broker = startGuarded(join(binaries, 'erlexec'), ERLANG_FLAGS, env);
  const kill = async () => {
    await Promise.all([broker.end('SIGKILL'), epmd.end('SIGKILL')]);
    rmSync(data, { recursive: true, force: true });
  };
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await greets(port))) {
    if (!broker.hasEnded() && Date.now() < deadline) {
      await Promise.race([broker.ended, pause(50)]);
      continue;
    }
    await kill();
    throw new Error(`RabbitMQ did not come up on port ${port}:\n${broker.lastWords()}`);
  }
  for (const program of [broker, epmd]) program.detach();
  return { address: `127.0.0.1:${port}`, port, kill };
}

const ERLANG_FLAGS = [
  '-noinput', '-s', 'rabbit', 'boot', '-boot', 'start_sasl', '+W', 'w',
  // One scheduler that sleeps when there is nothing to do: it shares the machine with the tests.
  '+S', '1:1', '+sbwt', 'none', '+sbwtdcpu', 'none', '+sbwtdio', 'none',
  '-syslog', 'logger', '[]', '-syslog', 'syslog_error_logger', 'false',
  '-kernel', 'prevent_overlapping_partitions', 'false', '-kernel', 'inet_dist_use_interface', '{127,0,0,1}',
]; // prettier-ignore

/** What RabbitMQ's own scripts would set, all of it in one folder. */
function environment({ erlang, rabbitmq }, data) {
  const binaries = binariesIn(erlang);
  return {
    PATH: `${binaries}:/usr/bin:/bin`,
    LANG: 'C.UTF-8',
    // Where Erlang makes the node's cookie.
    HOME: data,
    ROOTDIR: erlang,
    BINDIR: binaries,
    EMU: 'beam',
    PROGNAME: 'erl',
    ERL_LIBS: join(rabbitmq, 'plugins'),
    ERL_MAX_ETS_TABLES: '50000',
    SYS_PREFIX: '',
    RABBITMQ_HOME: rabbitmq,
    RABBITMQ_PLUGINS_DIR: join(rabbitmq, 'plugins'),
    RABBITMQ_BASE: data,
    RABBITMQ_MNESIA_BASE: join(data, 'mnesia'),
    RABBITMQ_LOG_BASE: join(data, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_CONF_ENV_FILE: join(data, 'none'),
    RABBITMQ_CONFIG_FILE: join(data, 'rabbitmq'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(data, 'advanced'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(data, 'enabled_plugins'),
    RABBITMQ_FEATURE_FLAGS_FILE: join(data, 'feature_flags'),
    RABBITMQ_PID_FILE: join(data, 'pid'),
  };
}

/** @param {string} unpacked @returns {RabbitmqPrograms | undefined} */
function programsIn(unpacked) {
  const erlang = join(unpacked, 'usr/lib/erlang');
  const parent = join(unpacked, 'usr/lib/rabbitmq/lib');
  const name = existsSync(parent) && readdirSync(parent).find(folder => folder.startsWith('rabbitmq_server-'));
  return name && binariesIn(erlang) ? { erlang, rabbitmq: join(parent, name) } : undefined;
}

/** @param {string} erlang @returns {string} the folder of Erlang's programs, whose name has its version */
function binariesIn(erlang) {
  const name = existsSync(erlang) ? readdirSync(erlang).find(folder => folder.startsWith('erts-')) : undefined;
  return name === undefined ? '' : join(erlang, name, 'bin');
}

/** @param {number} port @returns {Promise<boolean>} whether a server there answers what is no AMQP with its own version, as a broker does */
function greets(port) {
  return new Promise(done => {
    const socket = connect(port, '127.0.0.1', () => socket.write('AMQP\0\0\0\0'));
    socket.once('data', chunk => done(chunk.toString('latin1').startsWith('AMQP')) ?? socket.destroy());
    socket.once('error', () => {});
    socket.once('close', () => done(false));
    socket.setTimeout(2_000, () => socket.destroy());
  });
}

async function main([command]) {
  const programs = await obtainRabbitmq({ log: line => process.stderr.write(`${line}\n`) });
  if (command === '--path') return void console.log(programs.rabbitmq);
  const broker = await startRabbitmq({ programs });
  console.log(`RabbitMQ answers at amqp://guest:guest@${broker.address}  (Ctrl-C ends it)`);
  const staying = setInterval(() => {}, 1 << 30);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void broker.kill().finally(() => clearInterval(staying)));
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(process.argv.slice(2)).catch(error => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
