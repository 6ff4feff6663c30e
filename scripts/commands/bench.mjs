import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../build/build.mjs';
import { run as runCommand } from '../process/run.mjs';
import { repository } from '../projects.mjs';

export const help = 'npm run bench [-- arguments of bench/run.mjs]\n\nBuilds what is stale, then measures.';

/** @param {readonly string[]} args */
export async function run(args) {
  const entry = join(repository, 'bench', 'run.mjs');
  if (!existsSync(entry)) throw new Error('There is no bench/run.mjs.');
  await build();
  await runCommand(process.execPath, [entry, ...args], { cwd: repository, show: true });
}
