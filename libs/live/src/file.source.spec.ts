import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_DOCUMENT_BYTES } from './document.js';
import { FileSource } from './file.source.js';
import { liveSourceContract } from './live-source.contract.js';

const folder = mkdtempSync(join(tmpdir(), 'guichet-live-file-'));
let files = 0;
const newPath = (): string => join(folder, `${++files}.json`);
afterAll(() => rmSync(folder, { recursive: true }));

/** As editors and orchestrators do it: a file beside it takes its place. */
function replace(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

liveSourceContract('FileSource', async () => {
  const path = newPath();
  return {
    source: new FileSource(path),
    write: async text => replace(path, text),
    remove: async () => rmSync(path),
  };
});

describe('FileSource', () => {
  it('reads no more of a file than can be a document', async () => {
    const path = newPath();
    writeFileSync(path, Buffer.alloc(5 * MAX_DOCUMENT_BYTES, 0x20));
    const source = new FileSource(path);
    const lengths: number[] = [];
    source.follow({ found: ({ bytes }) => void lengths.push(bytes.length), missing: () => {}, unreachable: () => {} });
    await source.close();
    expect(lengths).toEqual([MAX_DOCUMENT_BYTES + 1]);
  });

  it('says why it cannot be read', async () => {
    const told: string[] = [];
    const listener = { found: () => {}, missing: () => {}, unreachable: (reason: string) => void told.push(reason) };
    const source = new FileSource(folder);
    source.follow(listener);
    await source.close();
    expect(told).toEqual(['EISDIR']);
    const path = newPath();
    writeFileSync(path, '{}');
    chmodSync(path, 0o000);
    const closed = new FileSource(path);
    closed.follow(listener);
    await closed.close();
    // Whoever is root may read it all the same.
    expect(told.slice(1)).toEqual(process.getuid?.() === 0 ? [] : ['EACCES']);
  });
});
