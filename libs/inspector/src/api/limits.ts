import type { Metrics } from 'guichet/observability';
import type { Door } from 'guichet/page';
import type { ThrottlingOptions } from 'guichet/throttling';

/** A limit on how often anybody comes. */
export interface RateLimitView {
  readonly name: string;
  readonly tracker: string;
  readonly limit: number;
  readonly windowMs: number;
  readonly blockMs: number;
}

/** How often anybody may come, and where that is counted. */
export interface ThrottlingView {
  /** `redis`: shared by replicas; `memory`: each counts for itself. */
  readonly store: 'redis' | 'memory';
  readonly whenRedisFails: string;
  readonly limits: readonly RateLimitView[];
}

/** A page's part of the door. */
export interface GateView {
  readonly page: string;
  readonly priority: string;
  readonly inFlight: number;
  readonly limit: number;
  /** How many were turned away since the start. */
  readonly shed: number;
}

/** One counted figure. */
export interface CountView {
  readonly name: string;
  readonly help: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** All that keeps requests out. */
export interface LimitsView {
  /** Null where the app has no limits of this kind. */
  readonly throttling: ThrottlingView | null;
  readonly door: { readonly inFlight: number; readonly limit: number; readonly gates: readonly GateView[] } | null;
  /** What throttling has counted. */
  readonly counts: readonly CountView[];
}

/** What limits are counted under. */
const FAMILIES = /^guichet_throttl/;
const MAX_COUNTS = 200;

/** Tells of all that keeps requests out. */
export function limitsView(
  options: ThrottlingOptions | undefined,
  door: Door | undefined,
  metrics: Metrics | undefined,
): LimitsView {
  return {
    throttling: options === undefined ? null : throttlingView(options),
    door:
      door === undefined
        ? null
        : {
            inFlight: door.inFlight,
            limit: door.limit,
            gates: door.gates.map(({ page, priority, inFlight, limit, shedCount }) => ({
              page,
              priority,
              inFlight,
              limit: Math.floor(limit),
              shed: shedCount,
            })),
          },
    counts: metrics === undefined ? [] : countsOf(metrics),
  };
}

function throttlingView({ redisUrl, whenRedisFails, limits }: ThrottlingOptions): ThrottlingView {
  return {
    store: redisUrl === undefined ? 'memory' : 'redis',
    whenRedisFails,
    limits: Object.entries(limits).map(([name, limit]) => ({ name, ...limit })),
  };
}

function countsOf(metrics: Metrics): readonly CountView[] {
  return metrics
    .describe()
    .filter(({ name, type }) => FAMILIES.test(name) && type !== 'histogram')
    .flatMap(({ name, help }) => metrics.values(name).map(({ labels, value }) => ({ name, help, labels, value })))
    .slice(0, MAX_COUNTS);
}
