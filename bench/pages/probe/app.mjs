import { join } from 'node:path';
import { built } from '../../built.mjs';
import { transpile } from '../../transpile.mjs';

/** @returns {Promise<string>} the program of the bench's own app, over the built libs */
export async function probeApp() {
  await built('libs/bff/index.js');
  const folders = ['parallel', 'dependent', 'probe'].map(name => join(import.meta.dirname, '..', name));
  const [, , probe] = await Promise.all(folders.map(transpile));
  return join(probe, 'main.js');
}
