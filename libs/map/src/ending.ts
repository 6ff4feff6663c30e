import { callDeprecationSchema, deprecationSchema, isRetired } from 'guichet/kernel';
import { isObject, NOT_CONSTANT } from './compiler/constant.js';
import type { Ending } from './model.js';

/** An end as it was read. */
export interface ReadEnding {
  readonly ending: Ending | undefined;
  /** Whether it is answered with 410 now. */
  readonly isGone: boolean;
  /** Why it could not be read. */
  readonly mistake: string | undefined;
}

const NONE: ReadEnding = { ending: undefined, isGone: false, mistake: undefined };

/**
 * Reads what a page or a route says of its end.
 * @param value  as the sources have it
 * @param at     the instant the map is for, milliseconds since 1970-01-01 UTC
 */
export function pageEnding(value: unknown, at: number): ReadEnding {
  if (value === undefined) return NONE;
  if (!isWhole(value)) return { ...NONE, mistake: 'its `deprecated` is made as the code runs' };
  const read = deprecationSchema.safeParse(value);
  if (!read.success) return { ...NONE, mistake: `its \`deprecated\` is wrong: ${read.error.issues[0]!.message}` };
  const { since, sunset, successor, afterSunset } = read.data;
  const retired = isRetired(read.data, at);
  return {
    ending: { since, sunset, successor, isRetired: retired },
    isGone: retired && afterSunset === 'gone',
    mistake: undefined,
  };
}

/** Reads what an upstream or a call says of its end. */
export function callEnding(value: unknown, at: number): ReadEnding {
  if (!isWhole(value)) return { ...NONE, mistake: 'its @Deprecated is made as the code runs' };
  const read = callDeprecationSchema.safeParse(value);
  if (!read.success) return { ...NONE, mistake: `its @Deprecated is wrong: ${read.error.issues[0]!.message}` };
  const { since, sunset, successor } = read.data;
  return {
    ending: { since, sunset, successor, isRetired: isRetired(read.data, at) },
    isGone: false,
    mistake: undefined,
  };
}

function isWhole(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(member => member !== NOT_CONSTANT);
}
