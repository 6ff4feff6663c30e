import { type FSWatcher, readFileSync, unwatchFile, watch, watchFile } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock, TimerHandle } from 'guichet/kernel';

/** Milliseconds: an editor's several steps of saving are one change. */
const SETTLE_MS = 50;
/** Milliseconds between two looks, for file systems that tell nothing (network mounts) and folders that were replaced. */
const POLL_MS = 1_000;

/**
 * A text file that is read again when it may have changed. Its folder is watched rather than itself, so that a file
 * replaced by an editor, or a symbolic link that was turned (as Kubernetes mounts configuration), is noticed as well.
 */
export class WatchedFile {
  private readonly watcher: FSWatcher | undefined;

  private settling: TimerHandle | undefined;
  private readonly look = () => {
    this.settling ??= this.clock.setTimer(() => {
      this.settling = undefined;
      this.onMaybeChanged();
    }, SETTLE_MS);
  };

  constructor(
    private readonly path: string,
    private readonly clock: Clock,
    private readonly onMaybeChanged: () => void,
  ) {
    this.watcher = this.watchFolder();
    watchFile(path, { interval: POLL_MS, persistent: false }, this.look);
  }

  /** @throws as `readFileSync` does */
  read(): string {
    return readFileSync(this.path, 'utf8');
  }

  /** Stops watching. */
  close(): void {
    this.settling?.clear();
    this.watcher?.close();
    unwatchFile(this.path, this.look);
  }

  private watchFolder(): FSWatcher | undefined {
    try {
      const watcher = watch(dirname(this.path), { persistent: false }, this.look);
      // The look from time to time remains.
      watcher.on('error', () => watcher.close());
      return watcher;
    } catch {
      return undefined;
    }
  }
}
