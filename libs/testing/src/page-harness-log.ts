import type { LoggerService } from '@nestjs/common';

/** The context under which `ProblemFilter` logs. */
const OF_PROBLEMS = 'Problem';

/** Prints what a bug of the page was: its client, and so the test, is told no more than 500. Silent otherwise. */
export const bugsAlone: LoggerService = {
  log: () => {},
  warn: () => {},
  error: (thrown: unknown, ...rest: unknown[]) => {
    // oxlint-disable-next-line no-console -- what a test prints is where its reader looks
    if (rest.at(-1) === OF_PROBLEMS) console.error(thrown);
  },
};
