import { setTimeout as pause } from 'node:timers/promises';

/** Asks again and again until something holds. @throws Error  when it does not within ten seconds */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const endsAt = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > endsAt) throw new Error(`never: ${what}`);
    await pause(5);
  }
}
