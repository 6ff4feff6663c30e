import { fork } from 'node:child_process';
import { once } from 'node:events';

/**
 * What to ask of a server.
 * @typedef {object} Target
 * @property {string} url                  `http://host:port`
 * @property {readonly string[]} paths     asked in turn
 * @property {readonly string[]} bodies    every answer must be one of these, to the byte
 */

/** Asks servers for pages over keep-alive connections, from another process. */
export class Load {
  #child = fork(new URL('./load-process.mjs', import.meta.url));
  #connections;
  #isSpread;

  /**
   * @param {number} connections  open at once, each with one request at a time
   * @param {{ isSpread?: boolean }} [options]  whether each begins at another path, so that few ask for the same at once
   */
  constructor(connections, { isSpread = false } = {}) {
    this.#connections = connections;
    this.#isSpread = isSpread;
  }

  /**
   * @param {Target} target
   * @param {{ amount: number } | { durationMs: number }} extent  how many requests, or for how long
   * @returns {Promise<{ answered: number, wrong: number, seconds: number }>} `wrong`: not 2xx, not the expected bytes, or none
   */
  async run(target, extent) {
    this.#child.send({ ...target, ...extent, connections: this.#connections, isSpread: this.#isSpread });
    const [result] = await once(this.#child, 'message');
    return result;
  }

  async stop() {
    // Ctrl-C reaches it too.
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }
}
