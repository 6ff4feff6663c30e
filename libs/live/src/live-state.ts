import type { BootProblem } from 'guichet/kernel';

/**
 * How what lies at the source stands to what is in force: `waiting` (nothing heard yet), `none` (there is no document, and never was),
 * `in-force`, `invalid` (what is in force is older), `missing` (there was one, which is in force still).
 */
export type LiveCondition = 'waiting' | 'none' | 'in-force' | 'invalid' | 'missing';

/** What an app goes by. */
export interface InForce {
  /** The document's version; null: as the app declares it. */
  readonly version: string | null;
  /** Whether this process found it at the source, or an earlier one did. */
  readonly from: 'declared' | 'source' | 'last-good';
  /** The source's count of its changes. */
  readonly index: string | undefined;
  /** Milliseconds since 1970. */
  readonly sinceEpochMs: number;
  /** What the document says. */
  readonly document: unknown;
}

/** A document that changed nothing. */
export interface RefusedDocument {
  readonly version: string;
  readonly index: string | undefined;
  /** Milliseconds since 1970. */
  readonly sinceEpochMs: number;
  /** The first of what is wrong with it. */
  readonly problems: readonly BootProblem[];
  /** How many more there are. */
  readonly omitted: number;
}

/** Where the live configuration of a process stands. */
export interface LiveState {
  /** For people: `consul guichet/web/configuration`. */
  readonly source: string;
  readonly condition: LiveCondition;
  /** Why nobody knows what lies at the source now; undefined: it is known. */
  readonly unreachable: string | undefined;
  readonly inForce: InForce;
  /** Where the condition is `invalid`. */
  readonly refused: RefusedDocument | undefined;
}
