import { join } from 'node:path';
import { run as runCommand } from '../process/run.mjs';
import { task } from '../progress.mjs';
import { repository } from '../projects.mjs';

export const help = `npm run lint [-- --fix]

oxlint with type information (.oxlintrc.json), then the rules of this repository: layers (scripts/layers.mjs) and private sections.`;

const oxlint = join(repository, 'node_modules', 'oxlint', 'bin', 'oxlint');

/** @param {readonly string[]} args  handed to oxlint */
export async function lintCode(args = []) {
  await runCommand(process.execPath, [oxlint, '--type-aware', '--deny-warnings', ...args], { cwd: repository });
}

/** @throws {CommandFailed} with a line per finding */
export async function lintLayers() {
  await runCommand(process.execPath, [join(repository, 'scripts', 'lint-layers.mjs')], { cwd: repository });
}

/** @param {readonly string[]} args */
export async function run(args) {
  await task('Lint', () => lintCode(args));
  await task('Layers', lintLayers);
}
