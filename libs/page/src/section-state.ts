import type { ErrorCode } from 'guichet/kernel';

/** How a section stands that is not fresh and whole. */
export type SectionState =
  | {
      readonly state: 'stale';
      readonly reason: ErrorCode;
      /** Milliseconds since it was fetched. */ readonly ageMs: number;
    }
  | { readonly state: 'fallback' | 'omitted'; readonly reason: ErrorCode };

/** The envelope's reserved key: the sections that are not fresh and whole, by name. Absent when all are. */
export type SectionStates<K extends PropertyKey = string> = { readonly [N in K]?: SectionState };

/** The reserved key itself. */
export const SECTIONS_KEY = '_sections';
