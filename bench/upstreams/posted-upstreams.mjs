import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/**
 * Starts a process that answers what is sent to an upstream, GraphQL and gRPC, one port for each service.
 * @param {readonly import('./static-upstreams.mjs').Exchange[]} exchanges
 * @returns {Promise<{ ports: Readonly<Record<string, number>>, stop(): Promise<void> }>} ports by service, on 127.0.0.1
 */
export async function startPostedUpstreams(exchanges) {
  if (exchanges.length === 0) return { ports: {}, stop: async () => {} };
  const child = fork(join(import.meta.dirname, 'posted-process.mjs'), [], { env: { PATH: process.env['PATH'] ?? '' } });
  child.send({ exchanges });
  const [{ ports }] = await once(child, 'message');
  return {
    ports,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}
