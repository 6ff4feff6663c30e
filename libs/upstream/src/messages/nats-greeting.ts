import { connect } from 'node:net';

/** Bytes of a greeting beyond which it is none. */
const MAX_BYTES = 64 * 1024;

/**
 * Makes sure that a broker is there and speaks: NATS' client leaves its socket open, for good, where one that takes connections
 * says nothing.
 * @throws Error  when it cannot be reached, or says something else first
 */
export function natsGreeting(host: string, port: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    let said = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      said += chunk;
      const isWhole = chunk.includes('\n');
      if (!isWhole && said.length < MAX_BYTES) return;
      if (isWhole && said.startsWith('INFO {')) resolve();
      else reject(new Error('speaks no NATS'));
      socket.destroy();
    });
    socket.on('error', reject);
    socket.once('close', () => reject(new Error('ended before it said anything')));
  });
}
