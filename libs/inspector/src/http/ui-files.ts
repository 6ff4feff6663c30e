import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const INDEX = 'index.html';

/** The inspector's built pages. Only what stood in the folder at the start is ever read, so no path leads out of it. */
export class UiFiles {
  private readonly files: ReadonlyMap<string, string>;

  /** @param root  the folder of `index.html`, absolute; it may be missing */
  constructor(root: string) {
    this.files = new Map(filesUnder(root).map(file => [relative(root, file).split(sep).join('/'), file]));
  }

  /** Whether they are there: they are built apart from the code. */
  get isBuilt(): boolean {
    return this.files.has(INDEX);
  }

  /**
   * Sends a file, or `index.html` for the addresses that the pages' own router knows.
   * @param path  below the inspector's own, without a slash at its beginning
   */
  async send(path: string, response: ServerResponse): Promise<void> {
    const name = this.files.has(path) || extname(path) !== '' ? path : INDEX;
    const file = this.files.get(name);
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    const content = await readFile(file);
    response.setHeader('Content-Type', MEDIA_TYPES[extname(file)] ?? 'application/octet-stream');
    // What the bundler named by its content never changes.
    if (name.startsWith('assets/')) response.setHeader('Cache-Control', 'private, max-age=31536000, immutable');
    response.setHeader('Content-Length', content.length);
    response.end(content);
  }
}

function filesUnder(root: string): readonly string[] {
  try {
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}
