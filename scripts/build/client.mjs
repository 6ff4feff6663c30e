import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../process/run.mjs';
import { task } from '../progress.mjs';
import { repository } from '../projects.mjs';
import { contentOf, isFresh, stamp } from './stamps.mjs';

const source = join(repository, 'examples', 'shop', 'client');
const target = join(repository, 'dist', 'examples', 'shop', 'client');
const vite = join(repository, 'node_modules', 'vite', 'bin', 'vite.js');

/** Builds the example's browser client with Vite when it changed. */
export async function buildClient() {
  if (!existsSync(join(source, 'index.html'))) return;
  const inputs = contentOf(source);
  if (isFresh('client', inputs) && existsSync(join(target, 'index.html'))) return;
  await task('Building the browser client', async () => {
    await run(process.execPath, [vite, 'build', source, '--outDir', target, '--emptyOutDir', '--logLevel', 'warn'], {
      cwd: repository,
    });
    stamp('client', inputs);
  });
}
