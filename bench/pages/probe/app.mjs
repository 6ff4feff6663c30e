import { join } from 'node:path';
import { built } from '../../built.mjs';
import { transpile } from '../../transpile.mjs';

const sources = [
  'probe/schemas.ts',
  'probe/clients.ts',
  'parallel/parallel.page.ts',
  'dependent/dependent.page.ts',
  'probe/main.ts',
];

/** @returns {Promise<string>} the program of the bench's own app, over the built libs */
export async function probeApp() {
  await built('libs/bff/index.js');
  const outputs = [];
  for (const source of sources) outputs.push(await transpile(join(import.meta.dirname, '..', source)));
  return outputs.at(-1);
}
