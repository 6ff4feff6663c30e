import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../build/build.mjs';
import { run as runCommand } from '../process/run.mjs';
import { repository } from '../projects.mjs';

export const help = `npm run bench [-- arguments of bench/run.mjs]

Builds what is stale, then measures the pages (bench/run.mjs), and what logs and traces cost one (bench/telemetry.mjs). With one of
--case, --profile, --out and --help the pages alone.`;

const OF_PAGES = /^--(case|profile|out|help)/;

/**
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code
 */
export async function run(args) {
  const programs = ['run.mjs', ...(args.some(arg => OF_PAGES.test(arg)) ? [] : ['telemetry.mjs'])];
  for (const program of programs) {
    if (!existsSync(join(repository, 'bench', program))) throw new Error(`There is no bench/${program}.`);
  }
  await build();
  let code = 0;
  for (const program of programs) {
    await measure(program, args).catch(error => {
      console.error(error.message);
      code = 1;
    });
  }
  return code;
}

function measure(program, args) {
  return runCommand(process.execPath, [join(repository, 'bench', program), ...args], { cwd: repository, show: true });
}
