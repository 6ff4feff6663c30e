import { rename, rm, writeFile } from 'node:fs/promises';

/** Readable by its owner alone: what outlives a process tells where things are, or how they are set. */
const MODE = 0o600;

/**
 * Replaces a file as a whole: whoever reads it sees what was there or what is there now. Written beside it, to a file that then
 * takes its place.
 * @throws what the file system says
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`;
  // Not followed where somebody put a link: `wx` fails on whatever is there.
  await rm(beside, { force: true });
  await writeFile(beside, text, { mode: MODE, flag: 'wx' });
  await rename(beside, path);
}
