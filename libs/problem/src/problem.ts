/** The answer to a request that failed: RFC 9457, `application/problem+json`. */
export interface Problem {
  /** `urn:guichet:problem:<code>`: names the kind of problem and cannot be fetched. */
  readonly type: string;
  /** The kind of problem, in the same words every time. */
  readonly title: string;
  /** The HTTP status. */
  readonly status: number;
  /** This occurrence, in words for people, where there is more to say. */
  readonly detail?: string;
  /** `urn:guichet:request:<request id>`: this occurrence. */
  readonly instance: string;
  /** The kind of problem, for programs. */
  readonly code: string;
  /** As in `X-Request-Id` and the logs. */
  readonly requestId: string;
  /** The required sections of a page that failed, in the order the page declares them. */
  readonly failures?: readonly { readonly section: string; readonly code: string }[];
  /** What to use instead of what is retired: a URI reference. */
  readonly successor?: string;
  /** What is wrong with what the client sent. */
  readonly errors?: readonly { readonly in?: string; readonly path: string; readonly message: string }[];
}

/** The media type of a problem. */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** @returns the members that every problem has */
export function problem(code: string, title: string, status: number, requestId: string): Problem {
  return {
    type: `urn:guichet:problem:${code}`,
    title,
    status,
    instance: `urn:guichet:request:${requestId}`,
    code,
    requestId,
  };
}
