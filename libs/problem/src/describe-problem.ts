/** A JSON schema, as OpenAPI 3 takes it. */
export interface ProblemSchema {
  readonly type: 'object';
  readonly required: string[];
  readonly properties: Record<string, object>;
}

/** @returns the schema of every error answer, for the OpenAPI document */
export function describeProblem(): ProblemSchema {
  const text = { type: 'string' };
  return {
    type: 'object',
    required: ['type', 'title', 'status', 'instance', 'code', 'requestId'],
    properties: {
      type: { ...text, description: 'The kind of problem: urn:guichet:problem:<code>.' },
      title: { ...text, description: 'The kind of problem, in words that do not change.' },
      status: { type: 'integer', minimum: 400, maximum: 599 },
      detail: { ...text, description: 'This occurrence, in words for people.' },
      instance: { ...text, description: 'This occurrence: urn:guichet:request:<request id>.' },
      code: { ...text, description: 'The kind of problem, for programs.', example: 'upstream-timeout' },
      requestId: { ...text, description: 'As in the X-Request-Id header.' },
      failures: {
        type: 'array',
        description: 'The required sections that failed, in the order the page declares them.',
        items: { type: 'object', required: ['section', 'code'], properties: { section: text, code: text } },
      },
      successor: { ...text, description: 'What to use instead of what is retired: a URI reference.' },
      errors: {
        type: 'array',
        description: 'What is wrong with what the client sent.',
        items: {
          type: 'object',
          required: ['path', 'message'],
          properties: { in: { ...text, enum: ['params', 'query', 'body', 'headers'] }, path: text, message: text },
        },
      },
    },
  };
}
