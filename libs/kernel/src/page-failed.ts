import type { UpstreamError } from './upstream-error.js';

/** A required section that failed, and how. */
export interface SectionFailure {
  /** The section's name: the field of the page class. */
  readonly section: string;
  /** The failed call. */
  readonly error: UpstreamError;
}

/** A page that cannot be served, because at least one required section failed. `guichet/problem` makes the answer of it. */
export class PageFailed extends Error {
  override readonly name = 'PageFailed';

  /** @param failures  in the order in which the page declares its sections; at least one; the first gives the status */
  constructor(
    readonly page: string,
    readonly failures: readonly [SectionFailure, ...SectionFailure[]],
  ) {
    super(
      `${page}: ${failures.map(({ section, error }) => `${section} (${error.code}: ${error.message})`).join(', ')}`,
    );
  }
}
