import { setTimeout as pause } from 'node:timers/promises';
import type { Log, Redactor } from 'guichet/observability';

/** Milliseconds that the last words get to be written. */
const MAX_WAIT_MS = 500;

/**
 * Ends the process with 1 when something was thrown that nobody caught, or a promise failed that nobody waited for: what state it
 * is in is not known any more. Said in the log, or on stderr while there is none; without secrets, which Node itself would print.
 * @param openLog  the app's, once it serves
 */
export function endOnCrash(name: string, redactor: Redactor, openLog: () => Log | undefined): void {
  let isEnding = false;
  const end = async (thrown: unknown): Promise<never> => {
    const log = openLog();
    const told = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    if (log === undefined) process.stderr.write(`${name}: ${redactor.text(told)}\n`);
    else log.logger.fatal?.(thrown instanceof Error ? thrown : told, 'Crash');
    await Promise.race([log?.drained(), pause(MAX_WAIT_MS)]);
    process.exit(1);
  };
  process.on('uncaughtException', error => {
    if (isEnding) return;
    isEnding = true;
    void end(error);
  });
}
