/** Types of `nats.mjs`, for tests written in TypeScript. */
export interface RunningNats {
  /** `host:port` for clients. */
  readonly address: string;
  readonly port: number;
  /** Ends it in good order. */
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Stops it where it stands, connections open. */
  stand(): void;
  goOn(): void;
}

/** Finds NATS: on PATH, else in the repository's cache, else from Debian's package. Rejects with the choices. */
export function obtainNats(options?: { log?: (line: string) => void; cacheFolder?: string }): Promise<string>;

/** Starts a server on loopback; resolves once it greets who connects. */
export function startNats(options: { program: string; port?: number; args?: readonly string[] }): Promise<RunningNats>;
