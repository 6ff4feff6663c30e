import { join } from 'node:path';
import { FileRecordStore } from './file-record.store.js';
import { MemoryRecordStore } from './memory-record.store.js';
import type { RecordStore, StoredRecord } from './record-store.js';

/** @returns the store of a service: files under `SHOP_DATA_DIR` where it is set, else in memory */
export function storeOf<R extends StoredRecord>(service: string, env: NodeJS.ProcessEnv = process.env): RecordStore<R> {
  const directory = env['SHOP_DATA_DIR'];
  return directory ? new FileRecordStore<R>(join(directory, service)) : new MemoryRecordStore<R>();
}
