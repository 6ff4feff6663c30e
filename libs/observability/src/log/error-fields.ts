/** An error as it is written down. */
export interface ErrorFields {
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** The system's or a library's code: `ECONNREFUSED`, `upstream-timeout`. */
  readonly code?: string | number;
  readonly cause?: ErrorFields | string;
  /** Of an `AggregateError`, the first few. */
  readonly errors?: readonly (ErrorFields | string)[];
}

const MAX_CAUSES = 4;
const MAX_ERRORS = 5;

/**
 * What is written of an error: its kind, words, stack, code and causes. No other member: libraries hang requests with their headers,
 * URLs with their passwords and whole bodies on their errors.
 */
export function errorFields(error: Error, depth = 0): ErrorFields {
  const { message, stack, cause } = error;
  const { code, errors } = error as { code?: unknown; errors?: unknown };
  const isFirst = depth < MAX_CAUSES;
  return {
    type: error.name,
    message,
    stack,
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(isFirst && cause !== undefined && { cause: told(cause, depth) }),
    ...(isFirst && Array.isArray(errors) && { errors: errors.slice(0, MAX_ERRORS).map(inner => told(inner, depth)) }),
  };
}

function told(cause: unknown, depth: number): ErrorFields | string {
  if (cause instanceof Error) return errorFields(cause, depth + 1);
  return typeof cause === 'object' && cause !== null ? '[object]' : String(cause);
}
