import { join } from 'node:path';
import { refuseArguments } from '../arguments.mjs';
import { run as runCommand } from '../process/run.mjs';
import { task } from '../progress.mjs';
import { repository } from '../projects.mjs';

export const help =
  'npm run typecheck\n\nChecks the types of every source, spec, test and example, against sources: no build is needed.';

/** What runs in browsers has other types. */
const views = ['tsconfig.json', 'examples/shop/client/tsconfig.json', 'libs/inspector/ui/tsconfig.json'];

/** Runs the TypeScript compiler without output. */
export async function typecheck() {
  const tsc = join(repository, 'node_modules', 'typescript', 'bin', 'tsc');
  for (const view of views) {
    await runCommand(process.execPath, [tsc, '--noEmit', '--pretty', '-p', view], { cwd: repository });
  }
}

/** @param {readonly string[]} args */
export function run(args) {
  refuseArguments(args);
  return task('Types', typecheck);
}
