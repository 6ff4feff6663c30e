/** What has a sunset, or was declared retired before. */
interface Ending {
  readonly sunset?: number | undefined;
  readonly retired?: boolean;
}

/**
 * @param epochMs  now, milliseconds since 1970-01-01 UTC
 * @returns whether its time is over: the sunset has passed, or it says so itself
 */
export function isRetired({ sunset, retired = false }: Ending, epochMs: number): boolean {
  return retired || (sunset !== undefined && epochMs >= sunset);
}

/** @returns an instant as people read it: `2026-10-01`, with the time of day where it is not the day's beginning */
export function dayOf(epochMs: number): string {
  return new Date(epochMs)
    .toISOString()
    .replace(/T00:00:00\.000Z$/, '')
    .replace(/\.000Z$/, 'Z');
}
