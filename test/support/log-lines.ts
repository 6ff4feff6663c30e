import type { Program } from './program.js';

/** A line of an app's log in JSON. */
export type LogLine = Readonly<Record<string, unknown>>;

/**
 * Reads what an app has logged to its stdout, whole lines only.
 * @throws Error  when a line is no JSON
 */
export function logLines({ stdout }: Program): readonly LogLine[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map(line => {
      try {
        return JSON.parse(line) as LogLine;
      } catch {
        throw new Error(`this line of the log is no JSON: ${line}`);
      }
    });
}

/** @returns what was logged of one request */
export function linesOf(program: Program, requestId: string): readonly LogLine[] {
  return logLines(program).filter(line => line['requestId'] === requestId);
}
