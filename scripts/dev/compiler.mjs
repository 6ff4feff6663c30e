/**
 * The compiler of `npm run dev`, in a process of its own so that compiling never holds up the terminal:
 * `node compiler.mjs web`. Watches the sources of the project and of all below it, and compiles what changed.
 * Sends `{ type: 'ready' }`, `{ type: 'compiling' }`, `{ type: 'built', projects, ms }` and `{ type: 'errors', text }`.
 */
import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { inputsOf, stamp } from '../build/stamps.mjs';
import { isSource, projectsFor, repository } from '../projects.mjs';
import { HotProject } from './hot-project.mjs';
import { watchTree } from './watch-tree.mjs';

const settleMs = 40;
const name = process.argv[2];
const projects = projectsFor([name]);
const hot = projects.map(project => new HotProject(project));
const stale = new Set();
let timer;

process.once('disconnect', () => process.exit(0));

for (const { project } of hot) {
  watchTree(join(repository, project.sourceRoot), file => changed(relative(repository, file)));
}
// The first compilation finds what was edited since the build, and makes those after it quick.
for (const one of hot) stale.add(one);
compile();
process.send({ type: 'ready' });

/** @param {string} file  relative to the repository */
function changed(file) {
  if (!isSource(file)) return;
  const owner = hot.find(({ project }) => file.startsWith(project.sourceRoot + sep));
  if (!owner) return;
  stale.add(owner);
  clearTimeout(timer);
  timer = setTimeout(compile, settleMs);
}

function compile() {
  const startedAt = performance.now();
  const built = [];
  const errors = [];
  process.send({ type: 'compiling' });
  for (const one of hot) {
    if (!stale.has(one)) continue;
    const result = one.compile();
    if (result.errors) {
      // What stands above it waits: it would be compiled against declarations of yesterday.
      errors.push(result.errors);
      break;
    }
    stale.delete(one);
    if (result.wrote) built.push(one);
    if (result.declarationsChanged) {
      for (const other of hot) if (other !== one && other.uses(one)) stale.add(other);
    }
  }
  if (errors.length > 0) return process.send({ type: 'errors', text: errors.join('\n') });
  process.send({
    type: 'built',
    projects: built.map(({ project }) => project.name),
    ms: performance.now() - startedAt,
  });
  noteStamps();
}

/** So that the next `npm start` finds nothing stale. */
function noteStamps() {
  for (const { project } of hot) {
    if (existsSync(join(repository, project.outDir))) stamp(project.name, inputsOf(project, projects));
  }
}
