/** Something that was written down once. */
export interface StoredRecord {
  /** When, ISO 8601: the order in which a collection lists its records. */
  readonly at: string;
}

/** What came of {@link RecordStore.createOnce}. */
export interface Created<R> {
  /** The record that stands under the key now. */
  readonly record: R;
  /** Whether this very call wrote it. */
  readonly created: boolean;
}

/**
 * Records that are written once and never change. A port: in memory for a service that runs alone, in files for several
 * processes of a service that must agree. One contract spec holds for both.
 */
export interface RecordStore<R extends StoredRecord> {
  /**
   * Writes a record unless its key has one already. Of several that try at the same time, in however many processes,
   * exactly one creates it and all get the same record; one that is killed half-way leaves either all of it or nothing.
   * @param collection  letters, digits and hyphens
   * @param key         the same
   */
  createOnce(collection: string, key: string, record: R): Promise<Created<R>>;
  /** @returns a collection's records, oldest first; none when there is no such collection */
  list(collection: string): Promise<R[]>;
  /** @returns the number of records of all collections */
  count(): Promise<number>;
}

/** @returns records oldest first */
export function oldestFirst<R extends StoredRecord>(records: R[]): R[] {
  return records.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
