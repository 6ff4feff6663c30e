import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { CommandFailed, run } from '../process/run.mjs';
import { task } from '../progress.mjs';
import { projectsFor, repository } from '../projects.mjs';
import { buildClient } from './client.mjs';
import { alone } from './lock.mjs';
import { inputsOf, isFresh, stamp } from './stamps.mjs';

const nest = join(repository, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');

/**
 * Builds what is stale, by the nest CLI, rank by rank from the bottom of the layer table.
 * @param {readonly string[]} names  projects to build with all below them; none means all, the browser client included
 * @throws {CommandFailed} with the compiler's own words
 */
export async function build(names = []) {
  // Before the wait: a name that there is not is said at once.
  const projects = projectsFor(names);
  await alone(async () => {
    for (const rank of new Set(projects.map(project => project.rank))) {
      const stale = projects
        .filter(project => project.rank === rank)
        .map(project => ({ project, inputs: inputsOf(project, projects) }))
        .filter(({ project, inputs }) => !isFresh(project.name, inputs));
      if (stale.length === 0) continue;
      const label = `Building ${stale.map(({ project }) => project.name).join(', ')}`;
      await task(label, () => atMost(availableParallelism(), stale, one => buildOne(one.project, one.inputs)));
    }
    // The lib's own build has emptied its folder.
    if (projects.some(({ name }) => name === 'inspector')) await buildClient('inspector-ui');
    if (names.length === 0 || names.includes('web')) await buildClient('client');
  });
}

async function buildOne(project, inputs) {
  // A file that is gone from the sources must not live on in dist.
  rmSync(join(repository, project.outDir), { recursive: true, force: true });
  await run(process.execPath, [nest, 'build', project.name], { cwd: repository });
  stamp(project.name, inputs);
}

/** Works through `items`, `limit` at a time; lets what has begun end, then throws all that failed as one. */
async function atMost(limit, items, work) {
  const waiting = [...items];
  const failures = [];
  const worker = async () => {
    for (let item = waiting.shift(); item && failures.length === 0; item = waiting.shift()) {
      await work(item).catch(error => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  if (failures.length === 0) return;
  const failed = new CommandFailed(
    'The build',
    'errors',
    failures.map(error => error.output ?? error.stack).join('\n'),
  );
  throw failed;
}
