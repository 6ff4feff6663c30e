import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { repository } from './repository.js';

/** As much of a service of the compose file as is checked. */
export interface ComposeService {
  readonly image: string;
  readonly build?: {
    readonly context: string;
    readonly dockerfile: string;
    readonly target: string;
    readonly args?: Readonly<Record<string, string>>;
  };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly network_mode?: string;
  readonly networks?: { readonly default: { readonly aliases: readonly string[] } };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
}

/** The services of `deploy/docker/compose.yaml`, anchors resolved. */
export const { services } = parse(readFileSync(join(repository, 'deploy/docker/compose.yaml'), 'utf8'), {
  merge: true,
}) as { services: Readonly<Record<string, ComposeService>> };

/** The BFFs. */
export const apps = ['web', 'mobile'];

/** Who is reached under which name, in the network of the compose file. */
export function composeServices(): { reachableAs(host: string): string | undefined } {
  return {
    reachableAs: host => {
      const owner = Object.entries(services).find(
        ([name, { networks, network_mode: mode }]) =>
          (name === host && !mode) || networks?.default.aliases.includes(host),
      )?.[0];
      // An alias of a network that others share is the name of one of those.
      return services[host]?.network_mode === `service:${owner}` ? host : owner;
    },
  };
}

/** @returns every environment variable that docs/configuration.md or the example's own programs name */
export function knownVariables(): ReadonlySet<string> {
  const told = readFileSync(join(repository, 'docs/configuration.md'), 'utf8');
  const examples = ['http/process.ts', 'http/caller.ts', 'issuer/settings.ts'].map(file =>
    readFileSync(join(repository, 'examples/shop/services', file), 'utf8'),
  );
  const names = [told, ...examples].flatMap(text => [...text.matchAll(/`([A-Z][A-Z0-9_]+)(?:=[^`]*)?`/g)]);
  // Node's own.
  return new Set([...names.map(([, name]) => name!), 'NODE_NO_WARNINGS']);
}
