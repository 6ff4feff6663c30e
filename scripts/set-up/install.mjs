import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../process/run.mjs';
import { task } from '../progress.mjs';
import { repository } from '../projects.mjs';

/** Installs from the lock file when what is installed differs from it. Uses nothing but Node's own modules and npm. */
export async function ensureInstalled() {
  const reason = staleness();
  if (!reason) return;
  await task(`Installing packages from the lock file (${reason})`, async () => {
    const [command, ...prefix] = npm();
    await run(command, [...prefix, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: repository,
      // A parent npm hands its own configuration down; `--prefix` and `omit` of an outer call must not reach this one.
      env: Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^npm_(config_(prefix|omit)|command)/i.test(name)),
      ),
    });
    const still = staleness();
    if (still) throw new Error(`npm ci ended well, but ${still}.`);
  });
}

/**
 * Compares the lock file with npm's own record of what it installed.
 * npm writes that record last, so an interrupted installation counts as stale.
 * @returns {string | undefined} why an installation is needed
 */
export function staleness(root = repository) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return 'node_modules is missing';
  const wanted = packagesIn(join(root, 'package-lock.json'));
  const installed = packagesIn(record);
  for (const [path, entry] of wanted) {
    const there = installed.get(path);
    // Binaries of other platforms are in the lock file and never installed here.
    if (!there && !entry.optional && !entry.devOptional && !entry.peer) return `${path} is missing`;
    if (there && there.version !== entry.version)
      return `${path} is ${there.version}, the lock file has ${entry.version}`;
  }
  for (const path of installed.keys()) if (!wanted.has(path)) return `${path} is not in the lock file`;
  return undefined;
}

function packagesIn(file) {
  const entries = Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages ?? {});
  return new Map(entries.filter(([path]) => path.startsWith('node_modules/')));
}

function npm() {
  const own = process.env.npm_execpath;
  return own && /npm-cli\.[cm]?js$/.test(own) ? [process.execPath, own] : ['npm'];
}
