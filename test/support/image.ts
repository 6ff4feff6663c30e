import { execFileSync } from 'node:child_process';
import { cpSync, linkSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { copies, lineage, stages } from '../../deploy/checks/dockerfile.js';
import { repository } from './program.js';
import { scratchFolder } from './services.js';

/** npm writes to it in place: a link would change the checkout's own. */
const WRITTEN_BY_NPM = '.package-lock.json';

/**
 * Puts together what an image of `deploy/docker/Dockerfile` holds under `/app`, without an engine: by its own `COPY` and `RUN`
 * lines, with this checkout as what the stages before would have installed and built.
 */
export class Images {
  /** Outside of the repository, whose packages would else be found by who lacks one; gone with the tests. */
  private readonly folder = scratchFolder();
  private pruned: string | undefined;

  /** @returns the folder that is `/app` in the image of a stage, relative to the repository */
  make(stage: string, args: Readonly<Record<string, string>> = {}): string {
    const app = mkdtempSync(join(this.folder, `${stage}-`));
    for (const { from, sources, target } of copies(stage))
      for (const source of sources) {
        const name = source.replace(/^\/app\//, '');
        const into = join(app, target === './' ? (name.split('/').at(-1) ?? name) : target);
        if (from === 'production') symlinkSync(join(this.production(), name), into);
        else if (name === 'node_modules') symlinkSync(join(repository, name), into);
        else cpSync(join(repository, name), into, { recursive: true });
      }
    const own = stages().find(({ name }) => name === stage)!.instructions;
    for (const { name, text } of own)
      if (name === 'RUN') execFileSync('/bin/sh', ['-c', text], { cwd: app, env: { ...process.env, ...args } });
    return relative(repository, app);
  }

  /** What is left of the installed packages when the stage `production` has run. */
  private production(): string {
    if (this.pruned) return this.pruned;
    this.pruned = join(this.folder, 'production');
    mkdirSync(this.pruned);
    for (const file of ['package.json', 'package-lock.json', '.npmrc'])
      cpSync(join(repository, file), join(this.pruned, file));
    linkAll(join(repository, 'node_modules'), join(this.pruned, 'node_modules'));
    const command = lineage('production').findLast(({ name }) => name === 'RUN')!.text;
    execFileSync('/bin/sh', ['-c', `${command} --offline`], { cwd: this.pruned, stdio: 'pipe' });
    return this.pruned;
  }
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    // Another file system.
    cpSync(source, target);
  }
}

/** Copies a tree by links to its files: quick, and without a second gigabyte. */
function linkAll(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkAll(source, target);
    else if (entry.isSymbolicLink() || entry.name.startsWith(WRITTEN_BY_NPM))
      cpSync(source, target, { verbatimSymlinks: true });
    else linkOrCopy(source, target);
  }
}
