import type { BootProblem, LiveOverride, LivePart, LiveValue, PreparedSettings } from 'guichet/kernel';
import { z } from 'zod';
import { weightProblems } from '../subsets/check-weights.js';
import type { UpstreamConfig } from '../upstream-options.js';
import type { UpstreamRuntime } from '../upstream-runtime.js';
import { LIVE_UPSTREAM_OPTIONS, type LiveUpstreamOptions, liveUpstreamOptionsSchema } from './live-upstream-options.js';

/** What a document may say of the upstreams, by name. */
export type LiveUpstreamsOptions = Readonly<Record<string, LiveUpstreamOptions | undefined>>;

/** Lets documents change the options of an app's upstreams, over what the app declares. */
export class LiveUpstreams implements LivePart<LiveUpstreamsOptions> {
  readonly name = 'upstreams';
  readonly schema: z.ZodType<LiveUpstreamsOptions>;
  /** What the app declares. */
  private readonly declared: ReadonlyMap<UpstreamRuntime, UpstreamConfig>;

  constructor(upstreams: readonly UpstreamRuntime[]) {
    this.declared = new Map(upstreams.map(upstream => [upstream, upstream.config]));
    this.schema = z.strictObject(
      Object.fromEntries(upstreams.map(({ name }) => [name, liveUpstreamOptionsSchema.optional()])),
    );
  }

  prepare(settings: LiveUpstreamsOptions = {}): PreparedSettings {
    const values = new Map<LiveValue<unknown>, unknown>();
    const changes: (() => void)[] = [];
    const overrides: LiveOverride[] = [];
    const problems: BootProblem[] = [];
    for (const [upstream, declared] of this.declared) {
      const said = settings[upstream.name] ?? {};
      for (const [path, value] of Object.entries(said))
        overrides.push({ where: `upstream ${upstream.name}`, path, value });
      const config: UpstreamConfig = Object.freeze({ ...declared, ...said });
      problems.push(...weightProblems(upstream.name, config));
      // What is as it was is left alone: an adaptive limit would begin anew.
      if (isSame(config, upstream.config)) continue;
      if (upstream.settings.live) values.set(upstream.settings.live, config);
      changes.push(() => upstream.settings.change(config));
    }
    return { problems, values, apply: () => changes.forEach(change => change()), overrides };
  }
}

function isSame(a: UpstreamConfig, b: UpstreamConfig): boolean {
  return LIVE_UPSTREAM_OPTIONS.every(
    option => a[option] === b[option] || JSON.stringify(a[option]) === JSON.stringify(b[option]),
  );
}
