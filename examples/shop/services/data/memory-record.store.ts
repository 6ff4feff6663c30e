import { type Created, oldestFirst, type RecordStore, type StoredRecord } from './record-store.js';

/** Records that end with the process. */
export class MemoryRecordStore<R extends StoredRecord> implements RecordStore<R> {
  private readonly collections = new Map<string, Map<string, R>>();

  createOnce(collection: string, key: string, record: R): Promise<Created<R>> {
    let records = this.collections.get(collection);
    if (!records) this.collections.set(collection, (records = new Map()));
    const standing = records.get(key);
    if (!standing) records.set(key, record);
    return Promise.resolve({ record: standing ?? record, created: !standing });
  }

  list(collection: string): Promise<R[]> {
    return Promise.resolve(oldestFirst([...(this.collections.get(collection)?.values() ?? [])]));
  }

  count(): Promise<number> {
    return Promise.resolve([...this.collections.values()].reduce((sum, records) => sum + records.size, 0));
  }
}
