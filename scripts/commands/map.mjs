import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from '../build/build.mjs';
import { run as runCommand } from '../process/run.mjs';
import { repository } from '../projects.mjs';

export const help = `npm run --silent map -- [options]

Builds what is stale of the libraries, then does what \`npx guichet map\` does: prints which pages and routes use which services and
calls, and fails where something retired is still used. \`npx guichet map --help\` tells the options.`;

const program = join(repository, 'bin', 'guichet.mjs');

/** The check of `npm test`: nothing retired is used, and nothing could not be told. @throws {CommandFailed} with what was found */
export async function checkMap() {
  await runCommand(process.execPath, [program, 'map', '--strict'], { cwd: repository });
}

/** @param {readonly string[]} args */
export async function run(args) {
  await build(['map']);
  const child = spawn(process.execPath, [program, 'map', ...args], { cwd: repository, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}
