/** Types of `rabbitmq.mjs`, for tests written in TypeScript. */
export interface RabbitmqPrograms {
  readonly erlang: string;
  readonly rabbitmq: string;
}

export interface RunningRabbitmq {
  /** `host:port` for clients; they sign in as `guest`. */
  readonly address: string;
  readonly port: number;
  /** Ends it as a crash would; all it knew is gone with it. */
  kill(): Promise<void>;
}

/** Finds RabbitMQ in the repository's cache, else takes it from Debian's packages. Rejects with the choices. */
export function obtainRabbitmq(options?: {
  log?: (line: string) => void;
  cacheFolder?: string;
}): Promise<RabbitmqPrograms>;

/** Starts a broker on loopback; resolves once it greets who connects. */
export function startRabbitmq(options: { programs: RabbitmqPrograms; port?: number }): Promise<RunningRabbitmq>;
