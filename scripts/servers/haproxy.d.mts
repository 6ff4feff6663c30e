/** Types of `haproxy.mjs`, for tests written in TypeScript. */
export interface RunningHaproxy {
  readonly pid: number;
  /** Ends it at once. */
  stop(): Promise<void>;
}

export function obtainHaproxy(say?: (line: string) => void): Promise<string>;

/** Starts it in the foreground; rejects with its own words when its configuration is bad. */
export function startHaproxy(options: {
  program: string;
  directory: string;
  configuration: string;
}): Promise<RunningHaproxy>;
