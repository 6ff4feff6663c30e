/** Types of `consul.mjs`, for tests written in TypeScript. */
export interface RunningConsul {
  /** `host:port` of its HTTP API, on loopback. */
  readonly address: string;
  /** Consul's own process, for signals. */
  readonly pid: number;
  /** With ACLs, one that may do anything; goes with each process. */
  readonly token: string | undefined;
  /** Ends it in good order. */
  stop(): Promise<void>;
  /** Ends it as a crash would; all it knew is gone with it. */
  kill(): Promise<void>;
}

/** Finds Consul: on PATH, else in the repository's cache, else from Debian's package. Rejects with the choices. */
export function obtainConsul(options?: {
  log?: (line: string) => void;
  cacheFolder?: string;
  path?: string;
}): Promise<string>;

/** Starts a dev agent, all in memory; resolves once it has a leader and its catalog answers. With ACLs nothing is allowed that no policy allows. */
export function startConsul(options: {
  binary: string;
  httpPort?: number;
  hasAcls?: boolean;
  log?: (line: string) => void;
}): Promise<RunningConsul>;
