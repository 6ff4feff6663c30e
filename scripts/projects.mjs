import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildRank, testingRoom } from './layers.mjs';

/** The repository's root folder, absolute. */
export const repository = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * One project of nest-cli.json.
 * @typedef {object} Project
 * @property {string} name
 * @property {'library' | 'application'} type
 * @property {string} root        relative to the repository: `libs/page`
 * @property {string} sourceRoot  relative to the repository: `libs/page/src`
 * @property {string} tsConfig    relative to the repository
 * @property {string} outDir      relative to the repository: `dist/libs/page`
 * @property {number} rank        projects of a lower rank are built first
 */

/** @returns {Project[]} every project that has sources, in build order: nest's own `--all` would build alphabetically */
export function allProjects() {
  const { projects } = JSON.parse(readFileSync(join(repository, 'nest-cli.json'), 'utf8'));
  return Object.entries(projects)
    .map(([name, project]) => ({
      name,
      type: project.type,
      root: project.root,
      sourceRoot: project.sourceRoot,
      tsConfig: project.compilerOptions.tsConfigPath,
      outDir: join('dist', project.root),
      rank: buildRank(project.root),
    }))
    .filter(project => sourcesOf(project).length > 0)
    .sort((a, b) => a.rank - b.rank || a.name.localeCompare(b.name));
}

/**
 * What must be built so that the named projects run: themselves and everything below them.
 * @param {readonly string[]} names  none means all
 * @throws {Error} if a name is unknown
 */
export function projectsFor(names) {
  const all = allProjects();
  if (names.length === 0) return all;
  const wanted = names.map(name => {
    const found = all.find(project => project.name === name);
    if (!found)
      throw new Error(`There is no project '${name}'. There are: ${all.map(project => project.name).join(', ')}.`);
    return found;
  });
  const top = Math.max(...wanted.map(({ rank }) => rank));
  return all.filter(project => wanted.includes(project) || (isStoodUpon(project) && project.rank < top));
}

/** Whether what stands above a project may run it: libraries, but for the one of tests. */
export const isStoodUpon = ({ type, root }) => type === 'library' && root !== testingRoom;

/** @returns {string[]} the files a project's build reads, relative to the repository, sorted */
export function sourcesOf(project) {
  return filesUnder(join(repository, project.sourceRoot))
    .map(file => relative(repository, file))
    .filter(isSource);
}

/** Whether a build reads a file: a program that is no test's, or a contract that stands beside it. */
export function isSource(file) {
  return isContract(file) || (/\.(m|c)?tsx?$/.test(file) && !/\.(spec|type-test|contract|test-rig)\.ts$/.test(file));
}

/** Whether a file is a service's contract: a build copies it, as `assets` in nest-cli.json say. */
export function isContract(file) {
  return /\.(proto|graphql)$/.test(file);
}

/** @returns {string[]} every file under a folder, absolute, sorted; none when the folder is not there */
export function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => resolve(entry.parentPath ?? entry.path, entry.name))
    .filter(file => !file.includes('/node_modules/'))
    .sort();
}
