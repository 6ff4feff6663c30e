import type { BootProblem } from 'guichet/kernel';

/** How many problems of one document are told. */
export const MAX_PROBLEMS = 10;
/** Characters of one text of them. */
const MAX_TEXT = 300;

/** @returns a problem whose texts are short and on one line, whoever wrote the document */
export function tidied({ where, path, message, value, mend }: BootProblem): BootProblem {
  return {
    where: line(where),
    path: line(path),
    message: line(message),
    ...(value !== undefined && { value: line(value) }),
    mend: line(mend),
  };
}

/** Says what is wrong, on one line. */
export function tellProblems(problems: readonly BootProblem[]): string {
  const told = problems
    .slice(0, MAX_PROBLEMS)
    .map(tidied)
    .map(({ path, message, value, mend }) => {
      const found = value === undefined ? '' : ` (is ${value})`;
      return `${path === '' ? 'the whole' : path}: ${message}${found}, mend: ${mend}`;
    });
  const more = problems.length - told.length;
  return `${told.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

function line(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?');
  return plain.length > MAX_TEXT ? `${plain.slice(0, MAX_TEXT - 1)}…` : plain;
}
