import { RuntimeException } from '@nestjs/core/internal';
import { BootError, type BootProblem, type BootProblems } from 'guichet/kernel';

/** The words with which the process ends, and its exit code. */
export interface BootFailure {
  readonly message: string;
  readonly exitCode: number;
}

/** A port that could not be had, and which variable names it. */
export class PortError extends Error {
  override readonly name = 'PortError';

  constructor(variable: 'PORT' | 'MANAGEMENT_PORT', host: string, cause: NodeJS.ErrnoException & { port?: number }) {
    const at = cause.port === undefined ? host : `${host}:${cause.port}`;
    const [what, mend] =
      cause.code === 'EADDRINUSE'
        ? [`${at} is in use`, `set ${variable} to another port`]
        : cause.code === 'EACCES'
          ? [`${at} may not be listened on`, `set ${variable} to a port above 1023`]
          : [`cannot listen on ${at} (${cause.code})`, `check ${variable} and ${variable.replace('PORT', 'HOST')}`];
    super(`${what}: ${mend}`, { cause });
  }
}

/** Whether listening itself failed. */
export function isListenError(error: unknown): error is NodeJS.ErrnoException & { port?: number } {
  return (error as NodeJS.ErrnoException | undefined)?.syscall === 'listen';
}

/**
 * Tells why the boot ended: all that is wrong with pages and configuration, Nest's first problem among it; one line for
 * a port; a stack only for what is a bug.
 * @param problems  all that was noted so far
 */
export function bootFailure(name: string, error: unknown, problems: BootProblems): BootFailure {
  if (error instanceof BootError) problems.add(...error.problems);
  const ofNest = fromNest(error);
  // A page that lacks a dependency is noted before Nest stumbles over it.
  if (ofNest && !problems.all.some(({ where, path }) => where === ofNest.where && path === ofNest.path)) {
    problems.add(ofNest);
  }
  if (problems.all.length > 0 && (error instanceof BootError || ofNest)) {
    return { message: `${name}: ${new BootError(problems.all).message}`, exitCode: BootError.EXIT_CODE };
  }
  if (error instanceof PortError) return { message: `${name}: ${error.message}`, exitCode: 1 };
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message: `${name}: the boot failed\n${told}`, exitCode: 1 };
}

/** What Nest's dependency injection throws is a problem of the app's modules, not a bug. */
function fromNest(error: unknown): BootProblem | undefined {
  if (!(error instanceof RuntimeException)) return undefined;
  const { type, context } = error as RuntimeException & { type?: unknown; context?: { name?: unknown } };
  const [first = ''] = error.message.split(/\n\s*\n/);
  return {
    where: nameOf(type) ?? 'modules',
    path: nameOf(context?.name) ?? '',
    message: first.replace(/\s+/g, ' ').trim(),
    mend: 'provide it in a module that is imported here, or remove the dependency',
  };
}

function nameOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'function' ? value.name : undefined;
}
