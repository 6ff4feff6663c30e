import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileRecordStore } from './file-record.store.js';
import { MemoryRecordStore } from './memory-record.store.js';
import type { RecordStore, StoredRecord } from './record-store.js';

interface Note extends StoredRecord {
  readonly text: string;
}

const note = (text: string, second = 0): Note => ({ at: new Date(second * 1000).toISOString(), text });

describe.each(['memory', 'files'])('a record store in %s', kind => {
  let directory: string;
  let store: RecordStore<Note>;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'records-'));
    store = kind === 'files' ? new FileRecordStore(directory) : new MemoryRecordStore();
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('writes a key once and hands out what stands there ever after', async () => {
    expect(await store.createOnce('c1', 'a', note('first'))).toEqual({ record: note('first'), created: true });
    expect(await store.createOnce('c1', 'a', note('second'))).toEqual({ record: note('first'), created: false });
    expect(await store.list('c1')).toEqual([note('first')]);
  });

  it('lets exactly one of many at the same time create a record', async () => {
    const tries = await Promise.all(Array.from({ length: 50 }, (_, i) => store.createOnce('c1', 'a', note(`n${i}`))));
    expect(tries.filter(attempt => attempt.created)).toHaveLength(1);
    expect(new Set(tries.map(attempt => attempt.record.text)).size).toBe(1);
  });

  it('lists a collection oldest first, and nothing of another', async () => {
    await store.createOnce('c1', 'a', note('younger', 20));
    await store.createOnce('c1', 'b', note('older', 10));
    await store.createOnce('c2', 'c', note('elsewhere'));
    expect((await store.list('c1')).map(record => record.text)).toEqual(['older', 'younger']);
    expect(await store.list('c3')).toEqual([]);
  });

  it('counts over all collections', async () => {
    expect(await store.count()).toBe(0);
    await store.createOnce('c1', 'a', note('x'));
    await store.createOnce('c2', 'a', note('y'));
    expect(await store.count()).toBe(2);
  });
});

it('record stores over the same folder agree on who was first', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'records-'));
  const stores = [1, 2, 3].map(() => new FileRecordStore<Note>(directory));
  const tries = await Promise.all(stores.map((store, index) => store.createOnce('c1', 'a', note(`store ${index}`))));
  expect(tries.filter(attempt => attempt.created)).toHaveLength(1);
  expect(await stores[0]!.list('c1')).toEqual([tries[0]!.record]);
  rmSync(directory, { recursive: true });
});
