import type { OptionOrigins } from 'guichet/kernel';
import { z } from 'zod';

const milliseconds = () => z.coerce.number().int().min(0).max(600_000);

/** How an app ends: what its surroundings need to notice, and what each phase may take. */
export const drainOptionsSchema = z.strictObject({
  /** `READINESS_PERIOD_MS`: milliseconds between two questions of whoever asks `/health/ready` before it sends traffic. */
  readinessPeriodMs: z.coerce.number().int().min(100).max(60_000).default(2_000),
  /** `READINESS_FAILURES`: how many bad answers in a row take the app out there. */
  readinessFailures: z.coerce.number().int().min(1).max(20).default(2),
  /** `DRAIN_PROPAGATION_MS`: milliseconds it serves on, unready; by default period × failures + 3 s. */
  propagationMs: milliseconds().optional(),
  /** `DRAIN_IN_FLIGHT_MS`: milliseconds that requests under way get after that; by default the largest page budget + 2 s. */
  inFlightMs: milliseconds().optional(),
  /** `DRAIN_CLOSE_MS`: milliseconds that pools, watches and telemetry get to close. */
  closeMs: milliseconds().default(5_000),
  /** `TERMINATION_GRACE_MS`: milliseconds after which whoever sent SIGTERM sends SIGKILL: Kubernetes' `terminationGracePeriodSeconds`. */
  terminationGraceMs: z.coerce.number().int().min(1_000).max(3_600_000).default(30_000),
});

/** How an app ends, complete but for what its pages decide. */
export type DrainOptions = Readonly<z.output<typeof drainOptionsSchema>>;

/** The variable of each option. */
export const DRAIN_VARIABLES = {
  readinessPeriodMs: 'READINESS_PERIOD_MS',
  readinessFailures: 'READINESS_FAILURES',
  propagationMs: 'DRAIN_PROPAGATION_MS',
  inFlightMs: 'DRAIN_IN_FLIGHT_MS',
  closeMs: 'DRAIN_CLOSE_MS',
  terminationGraceMs: 'TERMINATION_GRACE_MS',
} as const satisfies Record<keyof DrainOptions, string>;

/** @returns the options that the environment sets, unchecked, and which variables they came from */
export function drainFromEnvironment(environment: NodeJS.ProcessEnv): {
  readonly raw: Readonly<Record<string, string>>;
  readonly origins: OptionOrigins;
} {
  const set = Object.entries(DRAIN_VARIABLES).filter(([, variable]) => environment[variable]);
  return {
    raw: Object.fromEntries(set.map(([option, variable]) => [option, environment[variable]!])),
    origins: Object.fromEntries(set.map(([option, variable]) => [`drain.${option}`, variable])),
  };
}
