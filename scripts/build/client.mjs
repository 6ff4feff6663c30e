import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../process/run.mjs';
import { task } from '../progress.mjs';
import { repository } from '../projects.mjs';
import { contentOf, isFresh, stamp } from './stamps.mjs';

/** What runs in browsers, built by Vite. */
const clients = {
  client: { label: 'the browser client', source: 'examples/shop/client', target: 'dist/examples/shop/client' },
  // Beside the lib that serves it, so that it is published with it.
  'inspector-ui': { label: 'the inspector’s pages', source: 'libs/inspector/ui', target: 'dist/libs/inspector/ui' },
};
const vite = join(repository, 'node_modules', 'vite', 'bin', 'vite.js');

/**
 * Builds a browser client when it changed.
 * @param {keyof typeof clients} name
 */
export async function buildClient(name) {
  const { label } = clients[name];
  const source = join(repository, clients[name].source);
  const target = join(repository, clients[name].target);
  if (!existsSync(join(source, 'index.html'))) return;
  const inputs = contentOf(source);
  if (isFresh(name, inputs) && existsSync(join(target, 'index.html'))) return;
  await task(`Building ${label}`, async () => {
    await run(process.execPath, [vite, 'build', source, '--outDir', target, '--emptyOutDir', '--logLevel', 'warn'], {
      cwd: repository,
    });
    stamp(name, inputs);
  });
}
