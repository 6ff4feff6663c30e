/** One thing that is wrong with a request. */
export interface InputIssue {
  /** Where it stands. */
  readonly in: 'params' | 'query' | 'body' | 'headers';
  /** The field, dotted (`items.0.id`); empty for the whole. */
  readonly path: string;
  /** What was expected, in words; holds no value that the client sent. */
  readonly message: string;
}

/** A request whose parameters, query, headers or body do not fit their schema: 400. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';

  /** @param issues  all that is wrong, at least one */
  constructor(readonly issues: readonly InputIssue[]) {
    super(issues.map(issue => `${issue.in}${issue.path && '.'}${issue.path}: ${issue.message}`).join('; '));
  }
}
