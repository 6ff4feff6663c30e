import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder, isStoodUpon, repository, sourcesOf } from '../projects.mjs';

const folder = join(repository, 'dist', '.stamps');

/** Files that change what every project's build gives. */
const shared = ['tsconfig.base.json', 'package.json', 'nest-cli.json', 'scripts/build/private-sections.cjs'];

/**
 * A project's stamp is the hash of all that its build reads: its sources, its configuration, and the declarations of what
 * stands below it. A change inside a lib that leaves its declarations as they were rebuilds that lib alone.
 * @param {import('../projects.mjs').Project} project
 * @param {readonly import('../projects.mjs').Project[]} all  in build order; those of a lower rank must be built already
 */
export function inputsOf(project, all) {
  const hash = createHash('sha256');
  hash.update(typescriptVersion());
  for (const file of [...shared, project.tsConfig, ...sourcesOf(project)]) addFile(hash, join(repository, file));
  for (const lower of all.filter(other => isStoodUpon(other) && other.rank < project.rank)) {
    hash.update(declarationsOf(lower));
  }
  return hash.digest('hex');
}

/** @returns {string} the hash of a library's built declarations */
export function declarationsOf(project) {
  const hash = createHash('sha256');
  for (const file of filesUnder(join(repository, project.outDir))) if (file.endsWith('.d.ts')) addFile(hash, file);
  return hash.digest('hex');
}

/** @returns {string} the hash of a folder's files */
export function contentOf(root) {
  const hash = createHash('sha256');
  for (const file of filesUnder(root)) addFile(hash, file);
  return hash.digest('hex');
}

/** Whether what stands in dist was built from exactly this. */
export function isFresh(name, inputs) {
  const file = join(folder, name);
  return existsSync(file) && readFileSync(file, 'utf8') === inputs;
}

/** Notes from what a project was built. */
export function stamp(name, inputs) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), inputs);
}

function addFile(hash, file) {
  if (!existsSync(file)) return;
  hash.update(file.slice(repository.length)).update('\0').update(readFileSync(file)).update('\0');
}

function typescriptVersion() {
  return JSON.parse(readFileSync(join(repository, 'node_modules', 'typescript', 'package.json'), 'utf8')).version;
}
