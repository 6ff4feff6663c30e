import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below what Linux (from 32768) and macOS (from 49152) give to whoever asks for any port, connections included: one of those could be taken
 * again before its owner starts.
 */
const [FROM, BELOW] = [20_000, 32_768];

/** @returns a port that is free now, for where it must be known before its owner starts */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FROM, BELOW);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') continue;
      throw error;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}
