import { z } from 'zod';
import { type BootProblems, readOptions } from 'guichet/kernel';

/** Where the management server listens: one strict schema for the environment and for code. */
export const managementOptionsSchema = z.strictObject({
  /** TCP port; 0 takes a free one. */
  port: z.coerce.number().int().min(0).max(65_535).default(9000),
  /** The address it listens on. Anything but loopback shows metrics and health details to whoever reaches it. */
  host: z.string().min(1).default('127.0.0.1'),
});

/** Where the management server listens. */
export type ManagementOptions = Readonly<z.output<typeof managementOptionsSchema>>;

/** The same, as it may be written in code. */
export type ManagementOptionsInput = z.input<typeof managementOptionsSchema>;

const ORIGINS = { port: 'MANAGEMENT_PORT', host: 'MANAGEMENT_HOST' } as const;

/**
 * Reads `MANAGEMENT_PORT` and `MANAGEMENT_HOST` over what the code says.
 * @throws BootError  if something is wrong and there is no `problems` to note it in
 */
export function managementOptions(
  input: ManagementOptionsInput = {},
  environment: NodeJS.ProcessEnv = process.env,
  problems?: BootProblems,
): ManagementOptions {
  const fromEnvironment = (['port', 'host'] as const).filter(option => environment[ORIGINS[option]]);
  const raw = {
    ...input,
    ...Object.fromEntries(fromEnvironment.map(option => [option, environment[ORIGINS[option]]])),
  };
  const origins = Object.fromEntries(fromEnvironment.map(option => [option, ORIGINS[option]]));
  return readOptions('management', managementOptionsSchema, raw, problems, origins);
}
