/** Types of `prometheus.mjs`, for tests written in TypeScript. */
export interface PrometheusPrograms {
  readonly prometheus: string;
  readonly promtool: string;
}

export interface RunningPrometheus {
  /** `http://127.0.0.1:41234` */
  readonly url: string;
  /** Ends it; its data is gone with it. */
  stop(): Promise<void>;
}

/** Finds Prometheus: on PATH, else in the repository's cache, else from Debian's package. Rejects with the choices. */
export function obtainPrometheus(options?: {
  log?: (line: string) => void;
  cacheFolder?: string;
}): Promise<PrometheusPrograms>;

/** Starts a server on a free port of loopback; resolves once it is ready. */
export function startPrometheus(options: { program: string; configuration: string }): Promise<RunningPrometheus>;
