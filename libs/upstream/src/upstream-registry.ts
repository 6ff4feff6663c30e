import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { InstanceSource } from 'guichet/discovery';
import type { DeprecatedCall } from './deprecation/deprecated-call.js';
import type { Protocol } from './protocol.js';
import { declarationOf } from './upstream.decorator.js';
import type { UpstreamConfig } from './upstream-options.js';
import { DEFAULT_SUBSET } from './subsets/subset-options.js';
import type { CohortConfig } from './subsets/cohort-options.js';
import { type RuntimeParts, UpstreamRuntime } from './upstream-runtime.js';

/**
 * The upstreams of an app, by name. Follows their instances from boot on and closes their connections after the drain.
 * Health asks it whether every upstream's instances are known.
 */
export class UpstreamRegistry implements OnModuleInit, OnApplicationShutdown {
  private readonly byName: ReadonlyMap<string, UpstreamRuntime>;
  private readonly byClass = new Map<object, UpstreamRuntime>();

  /**
   * @param configs    by the upstream's name
   * @param protocols  by the upstream's name
   * @param cohorts    how requests are assigned to subsets
   */
  constructor(
    private readonly source: InstanceSource,
    configs: ReadonlyMap<string, UpstreamConfig>,
    protocols: ReadonlyMap<string, Protocol>,
    private readonly parts: RuntimeParts,
    private readonly cohorts: Pick<CohortConfig, 'header' | 'headerFrom'> = {
      header: undefined,
      headerFrom: 'neighbours',
    },
  ) {
    this.byName = new Map(
      [...configs].map(([name, config]) => [name, new UpstreamRuntime(name, config, protocols.get(name)!, parts)]),
    );
  }

  /** All upstreams, in the order of their clients. */
  get upstreams(): readonly UpstreamRuntime[] {
    return [...this.byName.values()];
  }

  /** What of the upstreams is deprecated, and who still uses it. */
  get deprecated(): readonly DeprecatedCall[] {
    return this.parts.deprecatedCalls?.all ?? [];
  }

  /** The header by which requests may say which subset they want, and what it may say; undefined where none is heard. */
  get cohortHeader():
    | { readonly name: string; readonly from: CohortConfig['headerFrom']; readonly subsets: ReadonlySet<string> }
    | undefined {
    const { header, headerFrom } = this.cohorts;
    if (header === undefined) return undefined;
    const names = this.upstreams.flatMap(({ subsets }) => subsets?.all.map(({ name }) => name) ?? []);
    return { name: header, from: headerFrom, subsets: new Set([DEFAULT_SUBSET, ...names]) };
  }

  /** Whether the first snapshot of every upstream was seen. */
  get isReady(): boolean {
    return this.upstreams.every(upstream => upstream.isReady);
  }

  /** @throws Error  if no client of that upstream is declared */
  upstream(name: string): UpstreamRuntime {
    const runtime = this.byName.get(name);
    if (!runtime) throw new Error(`no client of "${name}" is listed in UpstreamModule.forRoot({ clients })`);
    return runtime;
  }

  /** @throws Error  if the class has no `@Upstream`, or is not among the clients */
  runtimeOf(client: object): UpstreamRuntime {
    const known = this.byClass.get(client);
    if (known) return known;
    const declaration = declarationOf(client);
    if (!declaration) throw new Error(`${(client as { name?: string }).name} has no @Upstream('name')`);
    const runtime = this.upstream(declaration.name);
    this.byClass.set(client, runtime);
    return runtime;
  }

  onModuleInit(): void {
    for (const upstream of this.byName.values()) upstream.watch(this.source);
  }

  // Not onModuleDestroy: that comes before the drain, when pages still call.
  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.upstreams.map(upstream => upstream.close()));
  }
}
