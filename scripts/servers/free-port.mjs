import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below what systems give to whoever asks for any port: one of those could be taken again before its owner starts. */
const [FROM, BELOW] = [20_000, 32_768];

/** @returns {Promise<number>} a port of loopback that is free now, for servers that must be told one */
export async function freePort() {
  for (;;) {
    const port = randomInt(FROM, BELOW);
    if (await isFree(port)) return port;
  }
}

/** @param {number} port @returns {Promise<boolean>} */
function isFree(port) {
  return new Promise((done, fail) => {
    const server = createServer().once('error', error =>
      /** @type {NodeJS.ErrnoException} */ (error).code === 'EADDRINUSE' ? done(false) : fail(error),
    );
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}
