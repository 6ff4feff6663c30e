import type { LiveOverride } from './live/live-part.js';
import type { OptionOrigins } from './read-options.js';
import { disclosed } from './disclosed.js';

/** One option as it holds. */
export interface EffectiveOption {
  /** Dotted: `consul.address`. */
  readonly path: string;
  /** Plain JSON; `HIDDEN` where it may be a secret. */
  readonly value: unknown;
  /** Where it comes from: the variable that sets it, a place in the code, `code` or `default`. */
  readonly origin: string;
}

/** The options of one lib, or of one upstream. */
export interface EffectiveOptions {
  /** As problems name it: `discovery`, `upstream catalog`. */
  readonly where: string;
  readonly options: readonly EffectiveOption[];
}

/**
 * What was read at boot, for people to look at: every option as it holds, with where it comes from. Holds no secret: they are
 * taken out before anything is kept.
 */
export class EffectiveConfiguration {
  private readonly byWhere = new Map<string, EffectiveOptions>();
  private overlaid: readonly (EffectiveOption & { readonly where: string })[] = [];

  /**
   * Notes options that were read; those read twice count as read last.
   * @param raw      as they were given
   * @param options  as they hold, with their defaults
   * @param origins  option paths whose values came from somewhere else than the code
   */
  note(where: string, raw: unknown, options: unknown, origins: OptionOrigins = {}): void {
    const found: EffectiveOption[] = [];
    for (const [path, value] of leavesOf(options, '')) {
      const origin = holds(raw, path) ? (origins[path] ?? 'code') : 'default';
      found.push({ path, value: disclosed(path, value, origin), origin });
    }
    this.byWhere.set(where, { where, options: found });
  }

  /**
   * Lays what holds at the moment over what was read at boot; what was laid over it before is taken away.
   * @param overrides  of options that were noted, or of others
   * @param origin     where they come from
   */
  overlay(overrides: readonly LiveOverride[], origin: string): void {
    this.overlaid = overrides.map(({ where, path, value }) => ({
      where,
      path,
      value: disclosed(path, value, origin),
      origin,
    }));
  }

  /** @returns everything noted, in the order in which it was first read, and what is laid over it */
  get all(): readonly EffectiveOptions[] {
    if (this.overlaid.length === 0) return [...this.byWhere.values()];
    const noted = [...this.byWhere.values()].map(({ where, options }) => ({
      where,
      options: this.over(where, options),
    }));
    const others = new Set(this.overlaid.map(({ where }) => where).filter(where => !this.byWhere.has(where)));
    return [...noted, ...[...others].map(where => ({ where, options: this.over(where, []) }))];
  }

  private over(where: string, options: readonly EffectiveOption[]): readonly EffectiveOption[] {
    const over = this.overlaid
      .filter(option => option.where === where)
      .map(({ path, value, origin }): EffectiveOption => ({ path, value, origin }));
    const paths = new Set(over.map(({ path }) => path));
    return [...over, ...options.filter(({ path }) => !paths.has(path))];
  }
}

function* leavesOf(value: unknown, path: string): Generator<[string, unknown]> {
  if (!isRecord(value) || Object.keys(value).length === 0) {
    if (path !== '' && value !== undefined) yield [path, value];
    return;
  }
  for (const [key, member] of Object.entries(value)) yield* leavesOf(member, path === '' ? key : `${path}.${key}`);
}

function holds(raw: unknown, path: string): boolean {
  let value = raw;
  for (const key of path.split('.')) value = isRecord(value) ? value[key] : undefined;
  return value !== undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null;
}
