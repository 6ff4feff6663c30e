import { obtainDebianCommand } from './debian.mjs';

/**
 * Finds Redis for the tests: `redis-server` on PATH, else Debian's package, which apt installs where it may. Tests start it themselves, on
 * free ports; the package's own service is not started.
 * @param {(line: string) => void} [say]  told what is being done, when it takes a while
 * @returns {Promise<string>} the program's path
 * @throws {Error} naming the choices
 */
export function obtainRedis(say) {
  return obtainDebianCommand({ command: 'redis-server', env: { RUNLEVEL: '1' }, say });
}
