import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { upstreamsFileText } from './contestants.mjs';
import { guichetEnv } from './guichet-env.mjs';
import { assertSamePayload } from './same-payload.mjs';
import { ServerProcess } from './server-process.mjs';
import { freePorts } from './upstreams/free-ports.mjs';
import { startStaticUpstreams } from './upstreams/static-upstreams.mjs';

/**
 * An app of the framework, told this or that.
 * @typedef {object} Variant
 * @property {string} name
 * @property {string} entry                     the program's file
 * @property {Record<string, string>} [env]     beside what every app of the bench is told
 */

/**
 * Starts several apps over the same upstreams, and makes sure that they answer the same.
 * @param {{ exchanges: object, paths: readonly string[] }} recorded  what is asked, and what upstreams answer then
 * @param {readonly Variant[]} variants
 * @param {(line: string) => void} say
 * @param {import('./clean-ups.mjs').CleanUps} cleanUps
 * @returns {Promise<(import('./measure.mjs').Contestant & { management: string })[]>}
 */
export async function startVariants({ exchanges, paths }, variants, say, cleanUps) {
  const upstreams = await startStaticUpstreams(exchanges, say);
  cleanUps.add(upstreams.stop);
  const directory = await mkdtemp(join(tmpdir(), 'guichet-bench-'));
  cleanUps.add(() => rm(directory, { recursive: true, force: true }));
  const upstreamsFile = join(directory, 'upstreams.json');
  await writeFile(upstreamsFile, upstreamsFileText(upstreams.ports));
  const ports = await freePorts(2 * variants.length);
  const servers = variants.map(({ name, entry, env = {} }, index) => {
    const [port, managementPort] = ports.slice(2 * index);
    const process = new ServerProcess(name, entry, {
      ...guichetEnv,
      ...env,
      PORT: String(port),
      MANAGEMENT_PORT: String(managementPort),
      UPSTREAMS_FILE: upstreamsFile,
    });
    cleanUps.add(() => process.stop());
    return { name, url: `http://127.0.0.1:${port}`, management: `http://127.0.0.1:${managementPort}`, process };
  });
  await Promise.all(servers.map(server => server.process.ready(server.url + paths[0])));
  const answers = await assertSamePayload(servers, paths);
  return servers.map(({ name, url, management, process }) => ({
    name,
    process,
    management,
    target: { url, paths, bodies: answers.get(name) },
  }));
}
