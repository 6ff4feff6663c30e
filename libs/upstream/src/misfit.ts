import type { SchemaIssue } from 'guichet/kernel';

/** @returns how messages say that an answer does not fit its schema: they name fields, never a value */
export function misfit(issues: readonly SchemaIssue[]): string {
  const paths = issues.slice(0, 5).map(issue => issue.path || 'the whole');
  return `answer does not fit its schema at ${[...new Set(paths)].join(', ')}`;
}
