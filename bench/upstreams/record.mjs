import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { guichetEnv } from '../guichet-env.mjs';
import { probe, ServerProcess } from '../server-process.mjs';
import { freePorts } from './free-ports.mjs';
import { graphqlKey } from './graphql-key.mjs';
import { GrpcRecordingProxy } from './grpc-recording-proxy.mjs';
import { RecordingProxy } from './recording-proxy.mjs';

/**
 * Runs an app over the example's services once, asks it for pages and notes every call it makes, so that the static
 * upstreams always fit the page as it is written now.
 * @param {object} options
 * @param {string} options.app        the built app's program
 * @param {string} options.services   the program that runs all of the example's services
 * @param {Iterable<string>} options.paths  asked in turn; a page that is not whole and complete is passed over
 * @param {readonly string[]} options.grpc  the services that speak gRPC; the others are asked by HTTP
 * @param {number} options.wanted     how many whole pages are enough
 * @returns {Promise<{ exchanges: import('./static-upstreams.mjs').Exchange[], paths: string[] }>}
 * @throws {Error} when fewer pages are whole, or a page calls with another method than GET, but for GraphQL
 */
export async function record({ app, services, paths, grpc, wanted }) {
  const directory = await mkdtemp(join(tmpdir(), 'guichet-bench-'));
  const child = fork(services, [], {
    execArgv: ['--import', probe],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { PATH: process.env['PATH'] ?? '' },
  });
  const proxies = [];
  let server;
  try {
    const [announced] = await once(createInterface({ input: child.stdout }), 'line');
    for (const [service, address] of Object.entries(JSON.parse(announced).services)) {
      const Proxy = grpc.includes(service) ? GrpcRecordingProxy : RecordingProxy;
      proxies.push(await Proxy.start(service, address));
    }
    const upstreamsFile = join(directory, 'upstreams.json');
    const upstreams = Object.fromEntries(proxies.map(({ service, address }) => [service, [address]]));
    await writeFile(upstreamsFile, JSON.stringify(upstreams));
    const [port, managementPort] = await freePorts(2);
    server = new ServerProcess('the recorded app', app, {
      ...guichetEnv,
      PORT: String(port),
      MANAGEMENT_PORT: String(managementPort),
      UPSTREAMS_FILE: upstreamsFile,
    });
    // Not its readiness, which waits for the issuer's keys.
    const [first] = paths;
    await server.ready(`http://127.0.0.1:${port}${first}`);
    return await recordPages(`http://127.0.0.1:${port}`, proxies, paths, wanted);
  } finally {
    await server?.stop();
    await Promise.all(proxies.map(proxy => proxy.stop()));
    child.kill('SIGTERM');
    await rm(directory, { recursive: true });
  }
}

async function recordPages(origin, proxies, candidates, wanted) {
  const exchanges = new Map();
  const paths = [];
  for (const path of candidates) {
    proxies.forEach(proxy => proxy.exchanges.splice(0));
    const page = await fetch(origin + path);
    await page.arrayBuffer();
    const made = proxies.flatMap(proxy => proxy.exchanges.splice(0));
    const whole = page.status === 200 && page.headers.get('page-complete') === '?1';
    if (!whole || made.some(exchange => exchange.status !== 200)) continue;
    const writing = made.find(exchange => !canBeAnswered(exchange));
    if (writing) throw new Error(`${path} calls ${writing.method} ${writing.url}, which cannot be answered from notes`);
    for (const { status: _status, ...exchange } of made) exchanges.set(keyOf(exchange), exchange);
    if (paths.push(path) === wanted) return { exchanges: [...exchanges.values()], paths };
  }
  throw new Error(`only ${paths.length} of ${wanted} pages are whole`);
}

function canBeAnswered({ method, url, request }) {
  return method === 'GET' || method === 'GRPC' || (method === 'POST' && graphqlKey(url, request) !== '');
}

function keyOf({ service, url, request = '' }) {
  return `${service} ${url} ${request}`;
}
