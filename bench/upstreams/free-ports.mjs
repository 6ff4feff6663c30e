import { freePorts as free } from '../../scripts/servers/free-port.mjs';

/**
 * Ports on 127.0.0.1 that nobody listens on now, for programs that cannot be given port 0.
 * @param {number} count
 * @returns {Promise<number[]>} all different
 */
export function freePorts(count) {
  return free(Array.from({ length: count }, () => 0));
}
