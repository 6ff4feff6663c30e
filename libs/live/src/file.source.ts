import { closeSync, openSync, readSync } from 'node:fs';
import { WatchedFile } from 'guichet/discovery';
import { type Clock, systemClock } from 'guichet/kernel';
import { MAX_DOCUMENT_BYTES } from './document.js';
import { LiveSource, type LiveSourceListener } from './live-source.js';

/** A document in a file, read again when it may have changed: edited, replaced, or mounted anew. */
export class FileSource extends LiveSource {
  readonly name: string;
  private file: WatchedFile | undefined;

  constructor(
    private readonly path: string,
    private readonly clock: Clock = systemClock,
  ) {
    super();
    this.name = `file ${path}`;
  }

  override follow(listener: LiveSourceListener): void {
    this.file ??= new WatchedFile(this.path, this.clock, () => this.look(listener));
    this.look(listener);
  }

  override async close(): Promise<void> {
    this.file?.close();
  }

  private look(listener: LiveSourceListener): void {
    let bytes: Buffer;
    try {
      bytes = readBeginning(this.path, MAX_DOCUMENT_BYTES + 1);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') listener.missing();
      else listener.unreachable(code ?? message);
      return;
    }
    listener.found({ bytes, index: undefined });
  }
}

/** @returns the first bytes of a file, all of a short one: one that is longer is refused, whatever else is in it */
function readBeginning(path: string, maxBytes: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(maxBytes);
    let length = 0;
    while (length < maxBytes) {
      const read = readSync(file, bytes, length, maxBytes - length, null);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}
