import { access } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * @param {string} file  below `dist/`
 * @returns {Promise<string>} its absolute path
 * @throws {Error} saying what to do, when it is not there
 */
export async function built(file) {
  const path = join(import.meta.dirname, '..', 'dist', file);
  await access(path).catch(() => {
    throw new Error(`dist/${file} is not there: npm run build`);
  });
  return path;
}
