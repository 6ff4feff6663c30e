import { execFile, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Finds nginx, or installs Debian's `nginx-light` where that is possible without asking: as root, with apt-get there.
 * @param {(line: string) => void} [say]  told what is being done, when it takes a while
 * @returns {Promise<string>} the path of the program
 * @throws {Error} naming the choices, where there is none
 */
export async function obtainNginx(say = () => {}) {
  const found = onPath('nginx');
  if (found) return found;
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    throw new Error(
      'nginx is not on PATH. Install it (Debian: apt-get install nginx-light; macOS: brew install nginx).',
    );
  }
  say('installing nginx-light with apt-get');
  // RUNLEVEL=1 keeps the package from starting its own server on port 80.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const install = () => run('apt-get', ['install', '-y', '--no-install-recommends', 'nginx-light'], { env });
  try {
    await install().catch(async () => {
      await run('apt-get', ['update'], { env });
      await install();
    });
  } catch (cause) {
    throw new Error(`nginx is not on PATH, and apt-get could not install nginx-light: ${lastLine(cause)}`, { cause });
  }
  const installed = onPath('nginx');
  if (!installed) throw new Error('nginx-light is installed, but nginx is not on PATH.');
  return installed;
}

/**
 * Starts nginx in the foreground, with one worker and its files in a folder of its own.
 * @param {object} options
 * @param {string} options.program    as {@link obtainNginx} gives it
 * @param {string} options.directory  an existing folder for its configuration and temporary files
 * @param {string} options.http       what stands inside `http { … }`
 * @returns {Promise<{ pid: number, stop(): Promise<void> }>} once it has taken its ports
 * @throws {Error} with nginx's own words, where it does not start
 */
export async function startNginx({ program, directory, http }) {
  const configuration = join(directory, 'nginx.conf');
  await writeFile(configuration, mainConfiguration(directory, http));
  await run(program, ['-t', '-q', '-p', directory, '-c', configuration, '-e', 'stderr']);
  const child = spawn(program, ['-p', directory, '-c', configuration, '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  const exited = new Promise(resolve => child.once('exit', resolve));
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    void exited.then(() => reject(new Error(`nginx did not start: ${said.trim()}`)));
    child.stderr.on('data', chunk => {
      said += chunk;
      if (said.includes('start worker process')) resolve(undefined);
    });
  });
  return {
    pid: /** @type {number} */ (child.pid),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function mainConfiguration(directory, http) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map(kind => `  ${kind}_temp_path ${directory}/${kind};`)
    .join('\n');
  return `daemon off;
worker_processes 1;
${process.getuid?.() === 0 ? 'user root;\n' : ''}pid ${directory}/nginx.pid;
error_log stderr notice;
events { worker_connections 4096; }
http {
  access_log off;
${temporary}
${http}
}
`;
}

function onPath(command) {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders
    .map(folder => join(folder, command))
    .find(file => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function lastLine(error) {
  const text = String(error.stderr || error.message).trim();
  return text.slice(text.lastIndexOf('\n') + 1);
}
