import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { atEnd } from '../process/children.mjs';
import { startSupervised } from '../process/supervised.mjs';
import { repository } from '../projects.mjs';

/** The example's services, as Consul and the upstreams file name them. */
export const serviceNames = ['catalog', 'ratings', 'pricing', 'inventory', 'recommendations', 'profiles', 'orders'];

/** Where it is not http. */
const schemes = { pricing: 'grpc' };

const built = join('dist', 'examples', 'shop', 'services');

/**
 * Starts all seven services in one process, found through a file.
 * @param {Record<string, string>} env  whose tokens they believe
 * @returns {Promise<{ env: Record<string, string>, rows: string[][] }>} what a BFF needs to find them; what to show
 */
export async function startStaticServices(env, onDeath) {
  const file = join(scratch('static'), 'upstreams.json');
  const process_ = startSupervised({
    name: 'services',
    file: join(built, 'all.js'),
    env: { ...env, PORT: '0', UPSTREAMS_FILE: file, DISCOVERY: 'static' },
    onDeath,
  });
  const { services } = JSON.parse(await process_.firstLine);
  return {
    env: { DISCOVERY: 'static', UPSTREAMS_FILE: file },
    rows: Object.entries(services).map(([name, address]) => [
      name,
      `${schemes[name] ?? 'http'}://${address}`,
      String(process_.child.pid),
    ]),
  };
}

/**
 * Starts every service as several processes that register themselves in Consul. Once all serve, the death of one is only
 * said: to live through it is what they are several for.
 * @param {string} consul  `host:port`
 * @param {number} instances  per service
 * @param {Record<string, string>} identity  whose tokens they believe
 * @param {(reason: string) => void} onDeath  called when one ends before all serve
 */
export async function startConsulServices(consul, instances, identity, onDeath) {
  let areServing = false;
  const onInstanceDeath = reason =>
    areServing ? console.error(`✗ ${reason}. The other instances go on without it.`) : onDeath(reason);
  const env = { DISCOVERY: 'consul', CONSUL_HTTP_ADDR: consul };
  // Processes of `orders` and `profiles` share what they remember.
  const shared = { ...identity, ...env, PORT: '0', SHOP_DATA_DIR: scratch('data') };
  const all = serviceNames.flatMap(name =>
    Array.from({ length: instances }, (_, index) =>
      startSupervised({
        name: `${name}-${index + 1}`,
        file: join(built, `${name}.js`),
        env: shared,
        onDeath: onInstanceDeath,
      }),
    ),
  );
  const lines = await Promise.all(all.map(({ firstLine }) => firstLine));
  areServing = true;
  const announced = lines.map((line, index) => ({ ...JSON.parse(line), pid: all[index].child.pid }));
  const rows = serviceNames.map(name => {
    const own = announced.filter(({ service }) => service === name);
    return [name, own.map(({ host, port }) => `${host}:${port}`).join(' '), own.map(({ pid }) => pid).join(' ')];
  });
  return { env, rows };
}

/** A folder for one run; gone at its end. */
function scratch(name) {
  const parent = join(repository, '.cache', 'run');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, `${name}-`));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
