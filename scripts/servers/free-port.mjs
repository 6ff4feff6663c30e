import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below what Linux (from 32768) and macOS (from 49152) give to whoever asks for any port, connections included: one of those could be
 * taken again before its owner starts. `guichet/testing` has the same for tests.
 */
const [FROM, BELOW] = [20_000, 32_768];

/** @returns {Promise<number>} a port of loopback that is free now, for servers that must be told one */
export async function freePort() {
  const [port] = await freePorts([0]);
  return port;
}

/**
 * Finds ports that are free now, for where they must be known before their owner starts. All are held at once, so that they differ.
 * @param {readonly number[]} wanted  0: any free one; another must be free
 * @param {string} [host]
 * @returns {Promise<number[]>} in the order they were wanted
 * @throws {Error} `EADDRINUSE` when one that was named is in use
 */
export async function freePorts(wanted, host = '127.0.0.1') {
  const held = await Promise.allSettled(wanted.map(port => (port === 0 ? holdAny(host) : hold(port, host))));
  const servers = held.flatMap(({ value }) => value ?? []);
  const ports = servers.map(server => server.address().port);
  await Promise.all(servers.map(server => new Promise(done => server.close(done))));
  const refused = held.find(({ status }) => status === 'rejected');
  if (refused) throw refused.reason;
  return ports;
}

/** @param {string} host */
async function holdAny(host) {
  for (;;) {
    try {
      return await hold(randomInt(FROM, BELOW), host);
    } catch (error) {
      if (error.code !== 'EADDRINUSE') throw error;
    }
  }
}

/**
 * @param {number} port
 * @param {string} host
 * @returns {Promise<import('node:net').Server>}
 */
function hold(port, host) {
  return new Promise((done, fail) => {
    const server = createServer().once('error', fail);
    server.listen(port, host, () => done(server));
  });
}
