import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startSupervised } from '../process/supervised.mjs';

const patienceMs = 30_000;

/**
 * Starts a built BFF and waits until it says that it is ready.
 * @param {{ name: string, port: number, managementPort: number, env: Record<string, string>, show?: boolean, onDeath: (reason: string) => void }} options
 *   ports: 0 is any free one; onDeath: called with one line when it ends after it was ready and nobody asked it to
 * @returns {Promise<{ name: string, port: number, managementPort: number, bff: import('../process/supervised.mjs').Supervised }>}
 * @throws {Error} when it ends before, with its own words in `output`
 */
export async function startBff({ name, port, managementPort, env, show = false, onDeath }) {
  let ready = false;
  let failed;
  const death = new Promise((_, reject) => (failed = reject));
  const bff = startSupervised({
    name,
    file: join('dist', 'apps', name, 'main.js'),
    // Nobody balances over it: it need not serve on until others have noticed that it ends.
    env: { DRAIN_PROPAGATION_MS: '0', ...env, PORT: String(port), MANAGEMENT_PORT: String(managementPort) },
    show,
    onDeath: reason => (ready ? onDeath(reason) : failed(fault(reason, bff))),
  });
  // As libs/bff/src/run-bff.ts says: one message to the parent when the ports are open.
  const listening = new Promise(resolve => {
    bff.child.on('message', message => message?.type === 'listening' && resolve(message));
  });
  const patience = new AbortController();
  const tooLate = pause(patienceMs, undefined, { signal: patience.signal }).then(() => {
    throw fault(`${name} was not ready after ${patienceMs / 1000} s`, bff);
  });
  try {
    const place = await Promise.race([listening, death, tooLate]);
    await Promise.race([untilReady(place.port, patience.signal), death, tooLate]);
    ready = true;
    return { name, port: place.port, managementPort: place.managementPort, bff };
  } finally {
    death.catch(() => {});
    tooLate.catch(() => {});
    patience.abort();
  }
}

/** Where a reader sees it: browsers log in at the web BFF under the name that its issuer knows. */
export const originOf = (name, port) => `http://${name === 'web' ? 'localhost' : '127.0.0.1'}:${port}`;

const fault = (reason, bff) => Object.assign(new Error(reason), { output: bff.lastWords() });

async function untilReady(port, signal) {
  while (!signal.aborted) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal });
      await answer.body?.cancel();
      if (answer.ok) return;
    } catch {
      // It listens and does not answer yet: asked again below.
    }
    await pause(50);
  }
}
