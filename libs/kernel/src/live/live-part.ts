import type { z } from 'zod';
import type { BootProblem } from '../boot-problems.js';
import type { LiveValue } from './live-settings.js';

/** A part of an app that a document may change while it runs: its pages, its upstreams, its limits. */
export interface LivePart<T = unknown> {
  /** Its key in the document. */
  readonly name: string;
  /** Strict, and without defaults: what a document leaves out is as the app declares it. */
  readonly schema: z.ZodType<T>;
  /**
   * Works out what a document would change, and changes nothing.
   * @param settings  what the document says of the part; undefined: nothing
   */
  prepare(settings: T | undefined): PreparedSettings;
}

/** What a part would be, were a document in force. */
export interface PreparedSettings {
  /** What is wrong beyond the schema; with any, the whole document is refused. Paths begin with the part's name. */
  readonly problems: readonly BootProblem[];
  /** What requests go by that arrive from then on. */
  readonly values: ReadonlyMap<LiveValue<unknown>, unknown>;
  /** What is not a matter of one request, told in the same turn. Must not throw. */
  readonly apply: () => void;
  /** What the document says, for people. */
  readonly overrides: readonly LiveOverride[];
}

/** One option that a document sets. */
export interface LiveOverride {
  /** Whose it is, as the effective configuration names it: `upstream catalog`, `page FilmPage`. */
  readonly where: string;
  /** Dotted. */
  readonly path: string;
  readonly value: unknown;
}
