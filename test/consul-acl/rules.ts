import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../support/program.js';

/** What a page of the docs says that the token of `web` needs: the rules of its HCL blocks, one each. */
export function rulesOf(page: 'discovery' | 'live-configuration'): readonly string[] {
  const text = readFileSync(join(repository, `docs/${page}.md`), 'utf8');
  return [...text.matchAll(/^```hcl\n([^]*?)^```$/gm)].flatMap(([, block]) =>
    block!.split('\n').filter(line => line.trim() !== ''),
  );
}

/** All that the docs say. */
export const allRules = [...rulesOf('discovery'), ...rulesOf('live-configuration')];

/** The same without the rules that begin so. @throws Error  when there is none: nothing would be missing */
export function rulesWithout(...beginnings: readonly string[]): readonly string[] {
  for (const beginning of beginnings) {
    if (!allRules.some(rule => rule.startsWith(beginning))) throw new Error(`the docs have no rule ${beginning}`);
  }
  return allRules.filter(rule => !beginnings.some(beginning => rule.startsWith(beginning)));
}
