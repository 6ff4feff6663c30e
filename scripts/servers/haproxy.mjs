/**
 * A real HAProxy for the tests: finds or obtains the program, and runs it with a configuration of theirs.
 * By hand: `node scripts/servers/haproxy.mjs` prints where the program is. Built-ins only.
 */
import { execFile, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { obtainDebianCommand } from './debian.mjs';

const run = promisify(execFile);

/**
 * Finds HAProxy: `haproxy` on PATH, else Debian's package, which apt installs where it may; the package's own service is not started.
 * @param {(line: string) => void} [say]  told what is being done, when it takes a while
 * @returns {Promise<string>} the program's path
 * @throws {Error} naming the choices
 */
export function obtainHaproxy(say) {
  return obtainDebianCommand({ command: 'haproxy', env: { RUNLEVEL: '1' }, say });
}

/**
 * Starts HAProxy in the foreground.
 * @param {object} options
 * @param {string} options.program        as {@link obtainHaproxy} gives it
 * @param {string} options.directory      an existing folder for its configuration
 * @param {string} options.configuration  the whole of it
 * @returns {Promise<{ pid: number, stop(): Promise<void> }>} once its configuration is found good; it takes its ports at once
 * @throws {Error} with HAProxy's own words, when it is not
 */
export async function startHaproxy({ program, directory, configuration }) {
  const file = join(directory, 'haproxy.cfg');
  await writeFile(file, configuration);
  try {
    await run(program, ['-c', '-q', '-f', file]);
  } catch (error) {
    throw new Error(`HAProxy does not start: ${String(error.stderr || error.message).trim()}`, { cause: error });
  }
  const child = spawn(program, ['-db', '-q', '-f', file], { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = new Promise(resolve => child.once('exit', resolve));
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  return {
    pid: /** @type {number} */ (child.pid),
    async stop() {
      process.off('exit', killWithUs);
      child.kill('SIGKILL');
      await exited;
    },
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  obtainHaproxy(line => console.error(line)).then(
    path => console.log(path),
    error => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
}
