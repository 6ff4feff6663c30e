import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Created, oldestFirst, type RecordStore, type StoredRecord } from './record-store.js';

/**
 * Records as files, one each, that several processes share: `<directory>/<collection>/<key>.json`.
 * A record is written under a name of its own and then linked to its place. The link is what decides: the system lets one
 * process alone make it, and what it points at is whole.
 */
export class FileRecordStore<R extends StoredRecord> implements RecordStore<R> {
  /** @param directory  made when it is missing */
  constructor(private readonly directory: string) {}

  async createOnce(collection: string, key: string, record: R): Promise<Created<R>> {
    const folder = join(this.directory, collection);
    const place = join(folder, `${key}.json`);
    const draft = join(folder, `.${randomUUID()}.draft`);
    await mkdir(folder, { recursive: true });
    await writeFile(draft, JSON.stringify(record));
    try {
      await link(draft, place);
      return { record, created: true };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      return { record: await this.read(place), created: false };
    } finally {
      await unlink(draft);
    }
  }

  async list(collection: string): Promise<R[]> {
    const places = await this.places(collection);
    return oldestFirst(await Promise.all(places.map(place => this.read(place))));
  }

  async count(): Promise<number> {
    const collections = await entries(this.directory);
    const places = await Promise.all(collections.map(collection => this.places(collection)));
    return places.flat().length;
  }

  private async places(collection: string): Promise<string[]> {
    const folder = join(this.directory, collection);
    return (await entries(folder)).filter(name => name.endsWith('.json')).map(name => join(folder, name));
  }

  private async read(place: string): Promise<R> {
    return JSON.parse(await readFile(place, 'utf8')) as R;
  }
}

async function entries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
