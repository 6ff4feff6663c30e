import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startSupervised } from '../process/supervised.mjs';

const patienceMs = 30_000;

/**
 * Starts a built BFF and waits until it says that it is ready.
 * @param {{ name: string, port: number, managementPort: number, env: Record<string, string>, onDeath: (reason: string) => void }} options
 * @returns {Promise<import('../process/supervised.mjs').Supervised>}
 * @throws {Error} when it ends before, with its own words; `output` holds them
 */
export async function startBff({ name, port, managementPort, env, onDeath }) {
  let dead;
  const bff = startSupervised({
    name,
    file: join('dist', 'apps', name, 'main.js'),
    env: { ...env, PORT: String(port), MANAGEMENT_PORT: String(managementPort) },
    onDeath: reason => (dead === undefined ? (dead = reason) : onDeath(reason)),
  });
  const until = Date.now() + patienceMs;
  while (!(await isReady(port))) {
    if (dead !== undefined) throw Object.assign(new Error(dead), { output: bff.lastWords() });
    if (Date.now() > until) {
      throw Object.assign(new Error(`${name} was not ready after ${patienceMs / 1000} s.`), {
        output: bff.lastWords(),
      });
    }
    await pause(50);
  }
  // Only now is its end news: before, the loop above told it.
  if (dead !== undefined) onDeath(dead);
  dead = '';
  return bff;
}

async function isReady(port) {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`);
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
