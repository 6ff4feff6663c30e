import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pageSettingsSchema, sectionSettingsSchema } from 'guichet/page';
import { liveLimitOptionsSchema } from 'guichet/throttling';
import { liveUpstreamOptionsSchema } from 'guichet/upstream';
import { z } from 'zod';

interface Property {
  readonly type: string;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Of what has any keys: its values. */
  readonly additionalProperties?: Property;
}

/** What the keys of such options are. */
const KEYS: Readonly<Record<string, string>> = { subsetWeights: '<subset>' };

const docs = readFileSync(join(__dirname, '../../../docs/live-configuration.md'), 'utf8');

/** What a schema takes, as rows of the docs: path and range. */
function rowsOf(prefix: string, schema: z.ZodType): string[] {
  const properties = z.toJSONSchema(schema, { io: 'input' }).properties as Readonly<Record<string, Property>>;
  return Object.entries(properties).map(([key, property]) => {
    const { type, minimum, maximum } = property.additionalProperties ?? property;
    const name = property.additionalProperties ? `${key}.${KEYS[key]}` : key;
    const range = type === 'boolean' ? 'boolean' : `${type}, ${minimum} to ${maximum}`;
    return `${prefix}.${name}: ${range}`;
  });
}

describe('docs/live-configuration.md', () => {
  it('tells everything that a document may say, and nothing else', () => {
    const told = [...docs.matchAll(/^\| `((?:pages|upstreams|limits)\.[^`]+)`\s*\| ([^|]+?)\s*\|/gm)];
    expect(told.map(([, path, range]) => `${path}: ${range}`)).toEqual([
      ...rowsOf('pages.<page>', pageSettingsSchema),
      ...rowsOf('pages.<page>.sections.<section>', sectionSettingsSchema),
      ...rowsOf('upstreams.<upstream>', liveUpstreamOptionsSchema),
      ...rowsOf('limits.<limit>', liveLimitOptionsSchema),
    ]);
  });
});
