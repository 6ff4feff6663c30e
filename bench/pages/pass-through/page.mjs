import { join } from 'node:path';
import { built } from '../../built.mjs';
import { transpile } from '../../transpile.mjs';

const ids = [1, 2, 3, 4, 5, 6, 7, 8];

/**
 * What an app hands through: answers of 0.5 to 30 kB.
 * @type {import('../index.mjs').BenchPage}
 */
export const passThrough = {
  name: 'pass-through',
  folder: import.meta.dirname,
  record: async () => ({
    exchanges: ids.map(id => ({ service: 'files', url: `/files/${id}`, body: bodyOf(id) })),
    paths: ids.map(id => `/api/files/${id}`),
  }),
  async guichet() {
    await built('libs/bff/index.js');
    return join(await transpile(import.meta.dirname), 'main.js');
  },
  rivals: [{ name: 'http-proxy', entry: async () => join(import.meta.dirname, '../../rivals/http-proxy.mjs') }],
  bars: { 'http-proxy': 0.9 },
};

function bodyOf(id) {
  const line = 'Somebody comes to town, and nothing is as it was before.';
  return JSON.stringify({ id, text: Array.from({ length: 2 ** id * 2 }, () => line) });
}
