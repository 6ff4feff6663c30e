import { createServer } from 'node:net';
import { WrongArguments } from '../arguments.mjs';

const highest = 65_535;

/**
 * Reads a port.
 * @param {string} name  the option or variable that says it
 * @param {string | undefined} given  empty is as if it were not there
 * @param {number} otherwise
 * @param {number} [most]  the highest that will do
 * @throws {WrongArguments} when it is none
 */
export function portOf(name, given, otherwise, most = highest) {
  const port = given === undefined || given === '' ? otherwise : Number(given);
  if (!Number.isInteger(port) || port < 0 || port > most)
    throw new WrongArguments(`${name} takes a port, 0 to ${most}; this is '${given}'.`);
  return port;
}

/**
 * Takes a port for a moment to see that it is free.
 * @param {number} port  0, which is any free one, always is
 * @param {string} what  who is to have it
 * @param {string} by  what another port is chosen by
 * @throws {Error} one line that says what to do, when it is in use
 */
export function mustBeFree(port, what, by, host = process.env.HOST ?? '127.0.0.1') {
  if (port === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', error => reject(new Error(reasonOf(error, port, what, by))));
    server.listen(port, host, () => server.close(resolve));
  });
}

function reasonOf(error, port, what, by) {
  return error.code === 'EADDRINUSE'
    ? `Port ${port} for ${what} is in use. Choose others with ${by}, or end what holds it.`
    : `Port ${port} for ${what} cannot be had: ${error.message}`;
}
