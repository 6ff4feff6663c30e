/**
 * Programs that tests need and Debian has: found on PATH, else installed by apt where that needs no asking.
 * By hand: `node scripts/servers/debian.mjs <command> [<package>]` prints the program's path. Built-ins only.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Finds a command, or installs Debian's package that has it: as root, with apt-get there.
 * @param {object} what
 * @param {string} what.command    its name: `chromium`
 * @param {string} [what.package]  Debian's package, when it has another name
 * @param {Record<string, string>} [what.env]  for apt-get: `{ RUNLEVEL: '1' }` keeps a package from starting its server
 * @param {(line: string) => void} [what.say]  told what is being done, when it takes a while
 * @returns {Promise<string>} the path of the program
 * @throws {Error} naming the choices
 */
export async function obtainDebianCommand({ command, package: name = command, env = {}, say = () => {} }) {
  const found = onPath(command);
  if (found) return found;
  const choices = `Put it on PATH (Debian: apt-get install ${name}).`;
  if (!onPath('apt-get')) throw new Error(`There is no ${command} here, and no apt-get to install it with. ${choices}`);
  if (process.getuid?.() !== 0)
    throw new Error(`There is no ${command} here, and only root may install it. ${choices}`);
  say(`installing Debian's package ${name} …`);
  try {
    await apt(['update'], env);
    await apt(['install', '-y', '--no-install-recommends', name], env);
  } catch (error) {
    throw new Error(`There is no ${command} here, and apt-get cannot install it: ${error.message}. ${choices}`, {
      cause: error,
    });
  }
  const installed = onPath(command);
  if (!installed) throw new Error(`Debian's package ${name} is installed, but there is no ${command} on PATH.`);
  return installed;
}

/** @returns {string | undefined} where a command is; Debian's servers are in folders that a user's PATH may lack */
export function onPath(command, path = process.env.PATH ?? '') {
  return [...path.split(delimiter), '/usr/sbin', '/usr/local/sbin']
    .filter(Boolean)
    .map(folder => join(folder, command))
    .find(isProgram);
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function apt(args, env) {
  return new Promise((resolve, reject) => {
    // Another apt may be at work: wait for it as long as a person would.
    const child = spawn('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (said += text));
    child.once('error', reject);
    child.once('close', code =>
      code === 0 ? resolve(undefined) : reject(new Error(reasonIn(said) ?? `code ${code}`)),
    );
  });
}

const reasonIn = said => said.split('\n').find(line => line.startsWith('E: '));

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [command, name] = process.argv.slice(2);
  if (!command) {
    console.error('node scripts/servers/debian.mjs <command> [<package>]');
    process.exit(1);
  }
  obtainDebianCommand({ command, ...(name && { package: name }), say: line => console.error(line) }).then(
    path => console.log(path),
    error => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
}
