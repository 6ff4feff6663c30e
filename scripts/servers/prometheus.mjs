/**
 * A real Prometheus for the tests, and its promtool: found or obtained, run as a throw-away server on loopback.
 * By hand: `node scripts/servers/prometheus.mjs [prometheus | promtool]` prints where the program is. Built-ins only.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { onPath } from './debian.mjs';
import { unpackDebianPackage } from './debian-package.mjs';
import { freePort } from './free-port.mjs';
import { startGuarded } from './guarded.mjs';

const here = fileURLToPath(import.meta.url);
/** Of Debian: 2.42, statically linked but for the C library, so that it runs on later releases, too. */
const SUITE = 'bookworm';
const PATIENCE_MS = 20_000;

/**
 * Finds Prometheus: on PATH, else in the repository's cache, else from Debian's package (into the cache).
 * @param {{ log?: (line: string) => void, cacheFolder?: string }} [options]
 * @returns {Promise<{ prometheus: string, promtool: string }>} the programs' paths
 * @throws {Error} that names the choices
 */
export async function obtainPrometheus({
  log = () => {},
  cacheFolder = join(dirname(here), '../../.cache/prometheus'),
} = {}) {
  const installed = programsIn(onPath);
  if (installed) return installed;
  const unpacked = resolve(cacheFolder, SUITE);
  const inCache = command => onPath(command, join(unpacked, 'usr/bin'));
  const cached = programsIn(inCache);
  if (cached) return cached;
  try {
    await unpackDebianPackage({ name: 'prometheus', suite: SUITE, into: unpacked, log });
    const fetched = programsIn(inCache);
    if (fetched) return fetched;
    throw new Error(`${unpacked} holds no programs; remove it`);
  } catch (error) {
    throw new Error(
      'No Prometheus here. Choose one: put `prometheus` and `promtool` on PATH; ' +
        `or run on Debian with apt, which has them as a package (${error.message}).`,
      { cause: error },
    );
  }
}

/**
 * Starts a server on a free port of loopback, with its data in a folder of its own. It ends with this process, however this
 * process ends.
 * @param {{ program: string, configuration: string }} options  configuration: the path of its `prometheus.yml`
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>} once it is ready
 * @throws {Error} when it ends or is not ready within 20 s; holds its last lines
 */
export async function startPrometheus({ program, configuration }) {
  const data = mkdtempSync(join(tmpdir(), 'guichet-prometheus-'));
  const url = `http://127.0.0.1:${await freePort()}`;
  const server = startGuarded(program, [
    `--config.file=${configuration}`,
    `--storage.tsdb.path=${data}`,
    `--web.listen-address=${url.slice('http://'.length)}`,
    '--log.level=warn',
  ]);
  const stop = async () => {
    await server.end('SIGTERM');
    rmSync(data, { recursive: true, force: true });
  };
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isReady(url))) {
    if (!server.hasEnded() && Date.now() < deadline) {
      await Promise.race([server.ended, pause(25)]);
      continue;
    }
    await stop();
    throw new Error(`Prometheus did not come up on ${url}:\n${server.lastWords()}`);
  }
  server.detach();
  return { url, stop };
}

/** @param {(command: string) => string | undefined} find */
function programsIn(find) {
  const [prometheus, promtool] = [find('prometheus'), find('promtool')];
  return prometheus && promtool ? { prometheus, promtool } : undefined;
}

/** @param {string} url */
function isReady(url) {
  return fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(2_000) }).then(
    async answer => (await answer.text(), answer.ok),
    () => false,
  );
}

async function main(command = 'prometheus') {
  const programs = await obtainPrometheus({ log: line => process.stderr.write(`${line}\n`) });
  if (!Object.hasOwn(programs, command)) throw new Error(`There is no ${command}: prometheus or promtool.`);
  console.log(programs[command]);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(process.argv[2]).catch(error => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
