/**
 * A real Consul for the example and the tests: finds or obtains the program, and runs it as a throw-away dev agent.
 * By hand: `node scripts/servers/consul.mjs --help`. Built-ins only: this runs before anything is installed.
 */
import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { unpackDebianPackage } from './debian-package.mjs';
import { freePorts } from './free-port.mjs';

const here = fileURLToPath(import.meta.url);
/** The last release of Debian that has Consul (1.8.7); later ones dropped it. */
const SUITE = 'bullseye';

/**
 * Finds Consul: on PATH, else in the repository's cache, else from Debian's package (into the cache).
 * @param {{ log?: (line: string) => void, cacheFolder?: string, path?: string }} [options]
 * @returns {Promise<string>} the program's path
 * @throws {Error} that names the choices
 */
export async function obtainConsul({
  log = () => {},
  cacheFolder = join(dirname(here), '../../.cache/consul'),
  path = process.env['PATH'] ?? '',
} = {}) {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const candidate = join(folder, 'consul');
    if (await isProgram(candidate)) return candidate;
  }
  const unpacked = resolve(cacheFolder, SUITE);
  const cached = join(unpacked, 'usr/bin/consul');
  if (await isProgram(cached)) return cached;
  try {
    await unpackDebianPackage({ name: 'consul', suite: SUITE, into: unpacked, log });
    if (await isProgram(cached)) return cached;
    throw new Error(`${unpacked} holds no program; remove it`);
  } catch (error) {
    throw new Error(
      'No Consul here. Choose one: set CONSUL_HTTP_ADDR to a running agent; put a `consul` program on PATH; ' +
        `or run on Debian with apt, which has it as a package (${error.message}).`,
      { cause: error },
    );
  }
}

/**
 * @typedef {object} RunningConsul
 * @property {string} address  `host:port` of its HTTP API, on loopback
 * @property {number} pid      Consul's own process, for signals
 * @property {string | undefined} token  with ACLs, one that may do anything; goes with each process
 * @property {() => Promise<void>} stop  ends it in good order
 * @property {() => Promise<void>} kill  ends it as a crash would; all it knew is gone with it
 */

/**
 * Starts a dev agent: one server, everything in memory, so that a restart on the same port is a wiped Consul.
 * It ends with this process, however this process ends.
 * @param {{ binary: string, httpPort?: number, hasAcls?: boolean, log?: (line: string) => void }} options
 *   port 0 or none: a free one; with ACLs nothing is allowed that no policy allows, and what is changed holds at once
 * @returns {Promise<RunningConsul>} once it has a leader and its catalog answers
 * @throws {Error} when it ends or is not ready within 20 s; holds its last lines
 */
export async function startConsul({ binary, httpPort = 0, hasAcls = false, log = () => {} }) {
  const [port, serverPort, serfPort] = await portsFor([httpPort, 0, 0]);
  const args = [
    'agent', '-dev', '-node=guichet', '-datacenter=dc1', '-bind=127.0.0.1', '-client=127.0.0.1', '-log-level=warn',
    `-http-port=${port}`, `-server-port=${serverPort}`, `-serf-lan-port=${serfPort}`,
    '-serf-wan-port=-1', '-dns-port=-1', '-grpc-port=-1', ...(hasAcls ? [`-hcl=${ACLS}`] : []),
  ]; // prettier-ignore
  const guard = spawn(process.execPath, [here, '--guard', binary, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const lastLines = [];
  const ended = new Promise(done => {
    guard.once('error', error => done(lastLines.push(error.message)));
    guard.once('exit', done);
  });
  for (const stream of [guard.stdout, guard.stderr]) {
    stream.setEncoding('utf8').on('data', text => {
      for (const line of text.split('\n').filter(Boolean)) {
        lastLines.push(line);
        if (lastLines.length > 20) lastLines.shift();
        log(line);
      }
    });
  }
  let hasEnded = false;
  void ended.then(() => (hasEnded = true));
  const end = async signal => {
    guard.ref();
    if (guard.connected) guard.send(signal, () => {});
    await ended;
  };
  const pid = await Promise.race([new Promise(done => guard.once('message', done)), ended.then(() => 0)]);
  const address = `127.0.0.1:${port}`;
  const deadline = Date.now() + 20_000;
  let token;
  const isUp = async () => {
    if (hasAcls) token ??= await bootstrapAcls(address);
    return (!hasAcls || token !== undefined) && (await isReady(address, token));
  };
  while (!(await isUp())) {
    if (!hasEnded && Date.now() < deadline) {
      await Promise.race([ended, new Promise(done => setTimeout(done, 25))]);
      continue;
    }
    await end('SIGKILL');
    throw new Error(`Consul did not come up on ${address}:\n${lastLines.join('\n')}`);
  }
  // A handle that is only waited for must not keep a finished test run alive.
  guard.unref();
  guard.channel?.unref();
  for (const stream of [guard.stdout, guard.stderr]) stream.unref?.();
  return { address, pid, token, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

/** Runs Consul as this process's child and ends it when whoever started this process is gone, even by SIGKILL. */
function guardConsul([binary, ...args]) {
  const consul = spawn(binary, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  consul.once('error', error => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  consul.once('exit', code => process.exit(code ?? 0));
  process.once('disconnect', () => consul.kill('SIGKILL'));
  process.on('message', signal => consul.kill(signal));
  // Ctrl-C reaches the whole group; who started the guard decides when Consul ends.
  process.on('SIGINT', () => {});
  process.send(consul.pid);
}

/** Nothing is remembered of what a token may, as agents do for half a minute by default. */
const ACLS =
  'acl { enabled = true, default_policy = "deny", token_ttl = "0s", policy_ttl = "0s", role_ttl = "0s", down_policy = "deny" }';

/**
 * Makes the first token, which may do anything, and has the agent use it to keep its own entries in the catalog.
 * @param {string} address
 * @returns {Promise<string | undefined>} undefined while there is no leader to make one
 */
async function bootstrapAcls(address) {
  const put = (path, init) =>
    fetch(`http://${address}/v1/${path}`, { method: 'PUT', signal: AbortSignal.timeout(2_000), ...init });
  try {
    const response = await put('acl/bootstrap');
    if (!response.ok) return undefined;
    const { SecretID: token } = await response.json();
    const own = { headers: { 'X-Consul-Token': token }, body: JSON.stringify({ Token: token }) };
    await put('agent/token/agent', own).catch(() => undefined);
    return token;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} address
 * @param {string | undefined} token
 */
async function isReady(address, token) {
  const headers = token === undefined ? {} : { 'X-Consul-Token': token };
  const get = async path => {
    const response = await fetch(`http://${address}/v1/${path}`, { headers, signal: AbortSignal.timeout(2_000) });
    return response.ok ? response.json() : undefined;
  };
  try {
    return Boolean(await get('status/leader')) && 'consul' in ((await get('catalog/services')) ?? {});
  } catch {
    return false;
  }
}

/**
 * @param {number[]} wanted  0 becomes a free one
 * @returns {Promise<number[]>}
 * @throws {Error} when one is in use: else its owner would be taken for the new agent
 */
async function portsFor(wanted) {
  try {
    return await freePorts(wanted);
  } catch (error) {
    throw error.code === 'EADDRINUSE' ? new Error(`port ${error.port} is in use`, { cause: error }) : error;
  }
}

/** @param {string} path */
async function isProgram(path) {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

const HELP = `A throw-away Consul agent (dev mode: one server, all in memory, loopback only).

  node scripts/servers/consul.mjs            start one on port 8500, until Ctrl-C
  node scripts/servers/consul.mjs --port N   on another port (0: a free one)
  node scripts/servers/consul.mjs --path     only say where the program is, obtaining it if need be

The program is \`consul\` on PATH, else .cache/consul, else Debian's package, unpacked there.
Point an app at it with CONSUL_HTTP_ADDR.`;

async function main([command, value]) {
  const log = line => process.stderr.write(`${line}\n`);
  if (command === '--help' || command === '-h') return void console.log(HELP);
  if (command === '--path') return void console.log(await obtainConsul({ log }));
  if (command !== undefined && !(command === '--port' && /^\d{1,5}$/.test(value ?? ''))) {
    throw new Error(`unknown argument ${command}; see --help`);
  }
  const consul = await startConsul({
    binary: await obtainConsul({ log }),
    httpPort: command === '--port' ? Number(value) : 8500,
    log,
  });
  console.log(`Consul ${consul.pid} answers: CONSUL_HTTP_ADDR=${consul.address}  (Ctrl-C ends it)`);
  const staying = setInterval(() => {}, 1 << 30);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void consul.stop().finally(() => clearInterval(staying)));
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv[2] === '--guard') guardConsul(process.argv.slice(3));
  else {
    main(process.argv.slice(2)).catch(error => {
      console.error(error.message);
      process.exitCode = 1;
    });
  }
}
