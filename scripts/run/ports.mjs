import { createServer } from 'node:net';

/**
 * Takes a port for a moment to see that it is free.
 * @param {number} port  0 asks for any free one
 * @returns {Promise<number>} the port
 * @throws {Error} one line that says what to do, when it is in use
 */
export function freePort(port, what, host = '127.0.0.1') {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', error =>
      reject(
        new Error(
          error.code === 'EADDRINUSE'
            ? `Port ${port} for ${what} is in use. Choose others with --port and --management-port, or end what holds it.`
            : `Port ${port} for ${what} cannot be had: ${error.message}`,
        ),
      ),
    );
    server.listen(port, host, () => {
      const { port: taken } = server.address();
      server.close(() => resolve(taken));
    });
  });
}
