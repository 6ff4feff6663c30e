import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { obtainNginx, startNginx } from '../../scripts/servers/nginx.mjs';
import { freePorts } from './free-ports.mjs';
import { startPostedUpstreams } from './posted-upstreams.mjs';

/**
 * One call that a page makes, and what the upstream answers.
 * @typedef {object} Exchange
 * @property {string} service  the upstream's name
 * @property {string} url      path and query, as the page asks for it
 * @property {string} body     JSON text; by gRPC base64
 * @property {'GET' | 'POST' | 'GRPC'} [method]  `GET` where it does not say
 * @property {string} [request]  what is sent, where it is no GET: JSON text, by gRPC base64
 */

/**
 * Starts an nginx that answers exactly these exchanges from files, one port for each service, and 404 for all else; and where
 * services are sent something, a process that answers those.
 * @param {readonly Exchange[]} exchanges
 * @param {(line: string) => void} say
 * @returns {Promise<{ ports: Readonly<Record<string, number>>, stop(): Promise<void> }>} ports by service, on 127.0.0.1
 */
export async function startStaticUpstreams(exchanges, say) {
  const isPosted = ({ method = 'GET' }) => method !== 'GET';
  const [nginx, posted] = await Promise.all([
    startFiles(
      exchanges.filter(exchange => !isPosted(exchange)),
      say,
    ),
    startPostedUpstreams(exchanges.filter(isPosted)),
  ]);
  return {
    ports: { ...nginx.ports, ...posted.ports },
    stop: async () => void (await Promise.all([nginx.stop(), posted.stop()])),
  };
}

async function startFiles(exchanges, say) {
  const program = await obtainNginx(say);
  const directory = await mkdtemp(join(tmpdir(), 'guichet-bench-'));
  const services = [...new Set(exchanges.map(exchange => exchange.service))];
  const numbers = await freePorts(services.length);
  const ports = Object.fromEntries(services.map((service, index) => [service, numbers[index]]));
  await mkdir(join(directory, 'bodies'));
  await Promise.all(exchanges.map(({ body }, index) => writeFile(join(directory, 'bodies', `${index}.json`), body)));
  const nginx = await startNginx({ program, directory, http: configuration(exchanges, ports, directory) });
  return {
    ports,
    async stop() {
      await nginx.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function configuration(exchanges, ports, directory) {
  // By port and the whole request line's URL, so that a wrong query is a 404 and not the wrong body.
  const bodies = exchanges.map(({ service, url }, index) => `    ${quoted(`${ports[service]}${url}`)} ${index}.json;`);
  const servers = Object.values(ports).map(
    port => `  server {
    listen 127.0.0.1:${port} backlog=1024;
    location / { try_files /$body =404; }
  }`,
  );
  return `  default_type application/json;
  root ${directory}/bodies;
  open_file_cache max=1000 inactive=1h;
  open_file_cache_valid 1h;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  map_hash_bucket_size 512;
  map_hash_max_size 8192;
  map $server_port$request_uri $body {
    default none;
${bodies.join('\n')}
  }
${servers.join('\n')}`;
}

function quoted(text) {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
