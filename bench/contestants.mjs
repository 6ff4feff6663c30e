import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { guichetEnv } from './guichet-env.mjs';
import { assertSamePayload } from './same-payload.mjs';
import { ServerProcess } from './server-process.mjs';
import { transpile } from './transpile.mjs';
import { freePorts } from './upstreams/free-ports.mjs';
import { startStaticUpstreams } from './upstreams/static-upstreams.mjs';

/**
 * Starts the servers of a page over the same upstreams, and makes sure that they answer the same.
 * @param {import('./pages/index.mjs').BenchPage} page
 * @param {string} directory  for files that live as long as the servers
 * @param {(line: string) => void} say
 * @param {(stop: () => Promise<void>) => void} lastly  is given how to stop each thing as soon as it runs
 * @returns {Promise<import('./measure.mjs').Contestant[]>} Guichet's first
 */
export async function startContestants(page, directory, say, lastly) {
  const { exchanges, paths } = await page.record(say);
  const upstreams = await startStaticUpstreams(exchanges, say);
  lastly(upstreams.stop);
  const servers = [];
  const rivals = page.rivals ?? pageRivals(await transpile(page.folder));
  const [guichetPort, managementPort, ...rivalPorts] = await freePorts(2 + rivals.length);
  const upstreamsFile = join(directory, `${page.name}-upstreams.json`);
  await writeFile(upstreamsFile, upstreamsFileText(upstreams.ports));
  const ports = { BENCH_PORTS: JSON.stringify(upstreams.ports) };
  const start = (name, entry, port, env) => {
    const process = new ServerProcess(name, entry, { PORT: String(port), ...env });
    lastly(() => process.stop());
    servers.push({ name, url: `http://127.0.0.1:${port}`, process });
  };
  start('guichet', await page.guichet(), guichetPort, {
    ...guichetEnv,
    MANAGEMENT_PORT: String(managementPort),
    UPSTREAMS_FILE: upstreamsFile,
  });
  for (const [index, { name, entry, env = {} }] of rivals.entries())
    start(name, await entry(), rivalPorts[index], { ...ports, ...env });
  await Promise.all(servers.map(server => server.process.ready(server.url + paths[0])));
  const answers = await assertSamePayload(servers, paths);
  return servers.map(({ name, url, process }) => ({
    name,
    process,
    target: { url, paths, bodies: answers.get(name) },
  }));
}

/** @param {string} modules  the folder of the page's own programs */
function pageRivals(modules) {
  return [
    {
      name: 'hand-written',
      entry: async () => join(import.meta.dirname, 'rivals/hand-written.mjs'),
      env: { BENCH_PAGE: pathToFileURL(join(modules, 'hand-written.js')).href },
    },
    { name: 'stock-nest', entry: async () => join(modules, 'stock-nest.js') },
  ];
}

/**
 * @param {Record<string, number>} ports  of the upstreams, by service
 * @returns {string} what an app's `UPSTREAMS_FILE` says of them
 */
export function upstreamsFileText(ports) {
  return JSON.stringify(
    Object.fromEntries(Object.entries(ports).map(([service, port]) => [service, [`127.0.0.1:${port}`]])),
  );
}
