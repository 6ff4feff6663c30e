import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks again and again until something holds.
 * @param what  for the message when it never does
 * @returns milliseconds that it took
 * @throws Error  when it does not hold within `limitMs`
 */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  { limitMs = 10_000, everyMs = 10 }: { readonly limitMs?: number; readonly everyMs?: number } = {},
): Promise<number> {
  const startedAt = performance.now();
  while (!(await holds())) {
    if (performance.now() - startedAt > limitMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await pause(everyMs);
  }
  return performance.now() - startedAt;
}
