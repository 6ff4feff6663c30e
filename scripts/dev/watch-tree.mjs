import { readdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';

/**
 * Watches a folder and all below it, folder by folder. Node's own recursive watch follows files on Linux, and loses one
 * when an editor saves by writing a new file and renaming it into place.
 * @param {string} folder
 * @param {(file: string) => void} changed  called with the path of what came, changed or went
 */
export function watchTree(folder, changed) {
  const watcher = watch(folder, (_event, name) => {
    if (name === null) return;
    const path = join(folder, name);
    changed(path);
    if (isFolder(path) && !watched.has(path)) adoptFolder(path, changed, true);
  });
  watched.add(folder);
  watcher.on('error', () => watcher.close());
  watcher.on('close', () => watched.delete(folder));
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) adoptFolder(join(folder, entry.name), changed, false);
  }
}

const watched = new Set();

/** A new folder may hold files already, whose coming nobody saw. */
function adoptFolder(folder, changed, isNew) {
  watchTree(folder, changed);
  if (isNew) for (const name of readdirSync(folder)) changed(join(folder, name));
}

function isFolder(path) {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
