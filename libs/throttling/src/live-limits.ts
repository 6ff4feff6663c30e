import type { IncomingMessage } from 'node:http';
import type { LiveOverride, LivePart, LiveSettings, LiveValue, PreparedSettings } from 'guichet/kernel';
import { contextOf } from 'guichet/observability';
import { z } from 'zod';
import { limitOptions, type ThrottlingOptions } from './throttling.options.js';

/** What a document may say of one limit: its numbers. */
export const liveLimitOptionsSchema = z.strictObject({
  limit: limitOptions.shape.limit.optional(),
  windowMs: limitOptions.shape.windowMs.optional(),
  blockMs: limitOptions.shape.blockMs.unwrap().optional(),
});

/** What a document may say of the limits that an app declares, by name. */
export type LiveLimitsOptions = Readonly<Record<string, z.output<typeof liveLimitOptionsSchema> | undefined>>;

/**
 * Lets documents change the numbers of an app's limits, over what the app declares. Windows that are open go on, with the new
 * number of units; the new length is that of windows which begin. A handler's own `@Throttle` stays.
 */
export class LiveLimits implements LivePart<LiveLimitsOptions> {
  readonly name = 'limits';
  readonly schema: z.ZodType<LiveLimitsOptions>;
  private readonly options: LiveValue<ThrottlingOptions>;

  /** @param declared  what the app declares */
  constructor(
    private readonly declared: ThrottlingOptions,
    settings: LiveSettings,
  ) {
    const names = Object.keys(declared.limits);
    this.schema = z.strictObject(Object.fromEntries(names.map(name => [name, liveLimitOptionsSchema.optional()])));
    this.options = settings.declare(declared);
    settings.add(this);
  }

  /** What holds now. */
  get current(): ThrottlingOptions {
    return this.options.current;
  }

  /** @returns what held when a request arrived */
  of(request: IncomingMessage): ThrottlingOptions {
    const context = contextOf(request);
    return context === undefined ? this.options.current : this.options.of(context);
  }

  prepare(settings: LiveLimitsOptions = {}): PreparedSettings {
    const overrides: LiveOverride[] = [];
    const limits = Object.entries(this.declared.limits).map(([name, limit]) => {
      const said = settings[name] ?? {};
      for (const [option, value] of Object.entries(said))
        overrides.push({ where: 'throttling', path: `limits.${name}.${option}`, value });
      return [name, Object.freeze({ ...limit, ...said })] as const;
    });
    const isSame = limits.every(([name, { limit, windowMs, blockMs }]) => {
      const now = this.current.limits[name]!;
      return limit === now.limit && windowMs === now.windowMs && blockMs === now.blockMs;
    });
    const options = isSame ? this.current : Object.freeze({ ...this.declared, limits: Object.fromEntries(limits) });
    return {
      problems: [],
      values: new Map([[this.options as LiveValue<unknown>, options]]),
      apply: () => {},
      overrides,
    };
  }
}
