import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { repository } from './repository.js';

/** A Kubernetes object, as its file has it. */
export interface Manifest {
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Labels };
  readonly [field: string]: unknown;
}

/** What selectors select by. */
export type Labels = Readonly<Record<string, string>>;

/** Where the manifests are. */
export const folder = join(repository, 'deploy/kubernetes');

/** @returns every object of `deploy/kubernetes`, templates of secrets included */
export function manifests(): readonly Manifest[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.yaml'));
  return files.toSorted().flatMap(file =>
    parseAllDocuments(readFileSync(join(folder, file), 'utf8'), { uniqueKeys: true }).map(document => {
      if (document.errors.length > 0) throw document.errors[0]!;
      return { ...(document.toJS() as Omit<Manifest, 'file'>), file } as Manifest;
    }),
  );
}

/** @returns an object as it is applied: without our note of where it stands */
export function applied({ file: _, ...object }: Manifest): object {
  return object;
}
