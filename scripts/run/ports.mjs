import { createServer } from 'node:net';

/**
 * Takes a port for a moment to see that it is free.
 * @param {number} port  0, which is any free one, always is
 * @param {string} what  who is to have it
 * @throws {Error} one line that says what to do, when it is in use
 */
export function mustBeFree(port, what, host = process.env.HOST ?? '127.0.0.1') {
  if (port === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', error => reject(new Error(reasonOf(error, port, what))));
    server.listen(port, host, () => server.close(resolve));
  });
}

function reasonOf(error, port, what) {
  return error.code === 'EADDRINUSE'
    ? `Port ${port} for ${what} is in use. Choose others with --port and --management-port, or end what holds it.`
    : `Port ${port} for ${what} cannot be had: ${error.message}`;
}
