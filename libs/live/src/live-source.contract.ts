import { until } from './until.test-rig.js';
import type { LiveSource } from './live-source.js';

/** A source under test, and who writes to it. */
export interface SourceRig {
  readonly source: LiveSource;
  /** Makes this the document. */
  readonly write: (text: string) => Promise<void>;
  /** Takes the document away. */
  readonly remove: () => Promise<void>;
}

/** What every source of documents promises. */
export function liveSourceContract(name: string, setUp: () => Promise<SourceRig>): void {
  jest.setTimeout(30_000);
  describe(`${name}, as a source of documents`, () => {
    async function follow() {
      const rig = await setUp();
      const told: string[] = [];
      const begin = (): void =>
        rig.source.follow({
          found: ({ bytes }) => void told.push(bytes.toString()),
          missing: () => void told.push('missing'),
          unreachable: reason => void told.push(`unreachable ${reason}`),
        });
      return { ...rig, told, begin, hears: (what: string) => until(`hears ${what}`, () => told.at(-1) === what) };
    }

    it('tells what there is from the first look on, every change, and that there is nothing', async () => {
      const { source, told, begin, hears, write, remove } = await follow();
      await write('{"a":1}');
      begin();
      await hears('{"a":1}');
      await write('{"a":2}');
      await hears('{"a":2}');
      await remove();
      await hears('missing');
      await write('');
      await hears('');
      await source.close();
      expect(told.filter(text => text.startsWith('unreachable'))).toEqual([]);
    });

    it('tells that there is nothing yet', async () => {
      const { source, begin, hears, write } = await follow();
      begin();
      await hears('missing');
      await write('{}');
      await hears('{}');
      await source.close();
    });

    it('tells nothing any more once it is closed', async () => {
      const { source, told, begin, hears, write } = await follow();
      begin();
      await hears('missing');
      await source.close();
      await write('{}');
      const count = told.length;
      await new Promise(setImmediate);
      expect(told).toHaveLength(count);
    });
  });
}
