import { EffectiveConfiguration } from './effective-configuration.js';

/** One reason why an app must not start. */
export interface BootProblem {
  /** What it is about: a lib's options, a page, a route: `discovery`, `FilmPage`. */
  readonly where: string;
  /** Which part of it: an option's dotted path, an environment variable, a section. */
  readonly path: string;
  /** What is wrong, in words. */
  readonly message: string;
  /** What was found, as text; leave it out where it may be a secret. */
  readonly value?: string | undefined;
  /** What to do about it, in words. */
  readonly mend: string;
}

/**
 * Gathers what is wrong with configuration and pages, so that the boot can end with all of it at once.
 * Also the injection token; a lib that finds none throws its own problems at once.
 */
export class BootProblems {
  /** What was read while looking for problems. */
  readonly configuration = new EffectiveConfiguration();
  private readonly found: BootProblem[] = [];

  /** Notes problems; the same one twice counts once. */
  add(...problems: readonly BootProblem[]): void {
    for (const problem of problems) {
      if (
        !this.found.some(
          other => other.where === problem.where && other.path === problem.path && other.message === problem.message,
        )
      ) {
        this.found.push(problem);
      }
    }
  }

  /** @returns all noted so far */
  get all(): readonly BootProblem[] {
    return this.found;
  }

  /** @throws BootError  if there is any problem */
  assertNone(): void {
    if (this.found.length > 0) throw new BootError(this.found);
  }
}

/** The boot ends: exit code {@link BootError.EXIT_CODE}, with every problem in the message. */
export class BootError extends Error {
  /** `EX_CONFIG` of sysexits.h. */
  static readonly EXIT_CODE = 78;
  override readonly name = 'BootError';

  /** @param problems  at least one */
  constructor(readonly problems: readonly BootProblem[]) {
    super(
      `${problems.length} ${problems.length === 1 ? 'problem stops' : 'problems stop'} the boot:\n${problems.map(describe).join('\n')}`,
    );
  }
}

function describe(problem: BootProblem): string {
  const value = problem.value === undefined ? '' : ` (is ${problem.value})`;
  return `  - ${problem.where}${problem.path && ` · ${problem.path}`}: ${problem.message}${value}\n      mend: ${problem.mend}`;
}
