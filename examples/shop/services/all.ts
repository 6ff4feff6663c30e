/**
 * All seven services in one process, for trying things out. As `http/process.ts` says, but:
 *
 * - `PORT`: that of the first service, the others follow in the order below; 0 or unset is any free ones.
 * - The line on stdout: `{"services":{"catalog":"127.0.0.1:41234",…},"faults":{"pricing":41240}}`, the latter by `SHOP_FAULTS=1`.
 * - `UPSTREAMS_FILE`: written, when set, before that line: `{"catalog":["127.0.0.1:41234"],…}`, as static discovery reads it.
 */
import { rename, writeFile } from 'node:fs/promises';
import { storeOf } from './data/stores.js';
import { recommendations } from './graphql/recommendations.resolvers.js';
import { pricing } from './grpc/pricing.methods.js';
import { type AnyService, announce, keepUntilSignal, start } from './http/process.js';
import { catalog } from './routes/catalog.routes.js';
import { inventory } from './routes/inventory.routes.js';
import { orders } from './routes/orders.routes.js';
import { profiles } from './routes/profiles.routes.js';
import { ratings } from './routes/ratings.routes.js';

const services: AnyService[] = [
  catalog,
  ratings,
  pricing,
  inventory,
  recommendations,
  profiles(storeOf('profiles')),
  orders(storeOf('orders')),
];

async function runAll(): Promise<void> {
  const first = Number(process.env['PORT'] ?? 0);
  const running = await Promise.all(services.map((service, index) => start(service, first === 0 ? 0 : first + index)));
  await keepUntilSignal(running);
  const addresses = running.map(({ name, host, port }) => [name, `${host}:${port}`] as const);
  const file = process.env['UPSTREAMS_FILE'];
  if (file) {
    const upstreams = Object.fromEntries(addresses.map(([name, address]) => [name, [address]]));
    // Renamed into place: whoever watches the file never reads half of it.
    await writeFile(`${file}.new`, `${JSON.stringify(upstreams, undefined, 2)}\n`);
    await rename(`${file}.new`, file);
  }
  const faults = running.flatMap(({ name, faultsPort }) => (faultsPort === undefined ? [] : [[name, faultsPort]]));
  announce({
    services: Object.fromEntries(addresses),
    ...(faults.length > 0 && { faults: Object.fromEntries(faults) as object }),
  });
}

void runAll();
