import { type BootProblems, readOptions } from 'guichet/kernel';
import { z } from 'zod';
import { declarationOf, type UpstreamClass, type UpstreamDeclaration } from './upstream.decorator.js';
import { type CohortOptions, cohortOptionsSchema, type CohortConfig } from './subsets/cohort-options.js';
import { readSubsetWeights, SUBSET_WEIGHTS } from './subsets/subset-weights.js';
import { type UpstreamConfig, type UpstreamOptions, upstreamOptionsSchema } from './upstream-options.js';

/** What an app says of its upstreams. */
export interface UpstreamModuleOptions {
  /** For every upstream of the app, instead of the framework's defaults. */
  readonly defaults?: UpstreamOptions;
  /** By upstream, over what its client's `@Upstream` says. */
  readonly overrides?: Readonly<Record<string, UpstreamOptions>>;
  /** How requests are assigned to the subsets of upstreams. */
  readonly cohorts?: CohortOptions;
}

const WHERE = 'UpstreamModule';
const moduleOptionsSchema = z.strictObject({
  defaults: z.record(z.string(), z.unknown()).default({}),
  overrides: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  cohorts: cohortOptionsSchema.prefault({}),
});

/** What holds for an app's upstreams. */
export interface UpstreamConfigs {
  /** By name, in the order of the clients. */
  readonly upstreams: ReadonlyMap<string, UpstreamConfig>;
  readonly cohorts: CohortConfig;
}

/**
 * Works out every upstream's options: the framework's defaults, the app's `defaults`, what `@Upstream` says, the app's
 * `overrides`, each over the one before. Everything that is wrong is noted; a problem names the place it comes from.
 * @param environment  may say weights of subsets anew
 */
export function upstreamConfigs(
  clients: readonly UpstreamClass[],
  raw: UpstreamModuleOptions,
  problems: BootProblems,
  environment: NodeJS.ProcessEnv = {},
): UpstreamConfigs {
  const { defaults, overrides, cohorts } = readOptions(WHERE, moduleOptionsSchema, raw, problems);
  const declared = declarations(clients, problems);
  for (const name of Object.keys(overrides)) {
    if (declared.has(name)) continue;
    const known = [...declared.keys()].join(', ') || 'none';
    problems.add({
      where: WHERE,
      path: `overrides.${name}`,
      message: 'no client is declared for this upstream',
      mend: `use the name of a declared one (${known}), or remove it`,
    });
  }
  const configs = new Map<string, UpstreamConfig>();
  const merge = (
    name: string,
    options: UpstreamOptions,
  ): { merged: Record<string, unknown>; origins: Record<string, string> } => {
    const sources: readonly [string, Readonly<Record<string, unknown>>][] = [
      [`${WHERE} defaults`, defaults],
      [`@Upstream('${name}')`, options],
      [`${WHERE} overrides.${name}`, overrides[name] ?? {}],
    ];
    const origins: Record<string, string> = {};
    for (const [place, values] of sources) for (const key of Object.keys(values)) origins[key] = `${key} (${place})`;
    return { merged: Object.assign({}, ...sources.map(([, values]) => values)) as Record<string, unknown>, origins };
  };
  const all = [...declared].map(([name, { options }]) => [name, merge(name, options)] as const);
  const text = environment[SUBSET_WEIGHTS];
  const weights = text
    ? readSubsetWeights(text, new Map(all.map(([name, { merged }]) => [name, subsetNames(merged)])), problems)
    : undefined;
  for (const [name, { merged, origins }] of all) {
    const said = weights?.get(name);
    if (said !== undefined) {
      merged['subsetWeights'] = { ...(merged['subsetWeights'] as object | undefined), ...said };
      for (const subset of Object.keys(said)) origins[`subsetWeights.${subset}`] = SUBSET_WEIGHTS;
    }
    configs.set(name, readOptions(`upstream ${name}`, upstreamOptionsSchema, merged, problems, origins));
  }
  return { upstreams: configs, cohorts };
}

function subsetNames({ subsets }: Readonly<Record<string, unknown>>): readonly string[] {
  return typeof subsets === 'object' && subsets !== null ? Object.keys(subsets) : [];
}

function declarations(clients: readonly UpstreamClass[], problems: BootProblems): Map<string, UpstreamDeclaration> {
  const declared = new Map<string, UpstreamDeclaration>();
  for (const client of clients) {
    const declaration = declarationOf(client);
    if (!declaration) {
      problems.add({
        where: WHERE,
        path: `clients.${client.name}`,
        message: 'is no upstream client',
        mend: `decorate it with @Upstream('service-name') and let it extend HttpUpstream, or another kind`,
      });
      continue;
    }
    const other = declared.get(declaration.name);
    if (!other) declared.set(declaration.name, declaration);
    else if (!sameOptions(other.options, declaration.options)) {
      problems.add({
        where: `upstream ${declaration.name}`,
        path: client.name,
        message: 'declares other options than another client of the same upstream',
        mend: 'give all its clients the same options, or declare them in overrides alone',
      });
    }
  }
  return declared;
}

function sameOptions(a: UpstreamOptions, b: UpstreamOptions): boolean {
  const sorted = (options: UpstreamOptions): string =>
    JSON.stringify(Object.entries(options).sort(([x], [y]) => (x < y ? -1 : 1)));
  return sorted(a) === sorted(b);
}
