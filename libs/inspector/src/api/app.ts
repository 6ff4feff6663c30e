/** What is shown at the head of every page. */
export interface AppView {
  readonly name: string;
  /** `NODE_ENV`, or `development`. */
  readonly environment: string;
  readonly node: string;
  /** Milliseconds since 1970. */
  readonly startedAtEpochMs: number;
  /** Whether visitors must know a token, and so can log out. */
  readonly isLocked: boolean;
}
