import { join } from 'node:path';
import { refuseArguments } from '../arguments.mjs';
import { run as runCommand } from '../process/run.mjs';
import { task } from '../progress.mjs';
import { repository } from '../projects.mjs';

export const help =
  'npm run format          writes every file as Prettier wants it\nnpm run format:check    only says which are not so';

const prettier = join(repository, 'node_modules', 'prettier', 'bin', 'prettier.cjs');

/** @throws {CommandFailed} naming the files that are not formatted */
export async function checkFormat() {
  await runCommand(process.execPath, [prettier, '--check', '--log-level', 'warn', '.'], { cwd: repository });
}

/** @param {readonly string[]} args */
export async function run(args) {
  refuseArguments(args.filter(arg => arg !== '--check'));
  if (args.includes('--check')) return task('Format', checkFormat);
  await task('Formatting', () =>
    runCommand(process.execPath, [prettier, '--write', '--log-level', 'warn', '.'], { cwd: repository }),
  );
}
