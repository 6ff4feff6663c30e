import { readFileSync } from 'node:fs';
import { type DiscoveryLog, replaceFile } from 'guichet/discovery';
import { z } from 'zod';
import { MAX_DOCUMENT_BYTES } from './document.js';

const fileSchema = z.strictObject({
  version: z.literal(1),
  /** The source that it was found at: another app's, or another place's, is none of ours. */
  source: z.string(),
  document: z.string(),
});

/** A JSON text of a text is at most six times as long. */
const MAX_CHARACTERS = MAX_DOCUMENT_BYTES * 6 + 1_024;

/**
 * The document in force, on disk, so that a process which begins while its source is away goes by it. Written whole; one that cannot
 * be read or written is told in the log, and never an error. Whether it still fits the app, whoever reads it finds out.
 */
export class LastGoodFile {
  private pending: string | undefined;
  private writing: Promise<void> | undefined;
  private isTroubled = false;

  /** @param source  the name of where the document lies */
  constructor(
    private readonly path: string,
    private readonly source: string,
    private readonly log: DiscoveryLog,
  ) {}

  /** @returns the document that an earlier process noted, or undefined where there is none to go by */
  read(): Buffer | undefined {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') this.log.warn(`the last good document cannot be read: ${message}`);
      return undefined;
    }
    const found = fileSchema.safeParse(text.length > MAX_CHARACTERS ? undefined : parse(text));
    if (!found.success) {
      this.log.warn(`${this.path} holds no document and is not used`);
      return undefined;
    }
    if (found.data.source !== this.source) {
      this.log.warn(`${this.path} is of another source and is not used`);
      return undefined;
    }
    return Buffer.from(found.data.document);
  }

  /** Takes note of what is in force now; of several in a row the last is written. */
  note(document: string): void {
    this.pending = JSON.stringify({ version: 1, source: this.source, document });
    this.writing ??= this.write();
  }

  /** Resolves once what was noted is written. */
  async close(): Promise<void> {
    await this.writing;
  }

  private async write(): Promise<void> {
    while (this.pending !== undefined) {
      const text = this.pending;
      this.pending = undefined;
      try {
        await replaceFile(this.path, text);
        this.isTroubled = false;
      } catch (error) {
        if (!this.isTroubled) this.log.warn(`the last good document cannot be written: ${(error as Error).message}`);
        this.isTroubled = true;
      }
    }
    this.writing = undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
