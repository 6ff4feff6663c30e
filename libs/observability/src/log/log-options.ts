import { type BootProblems, readOptions } from 'guichet/kernel';
import { z } from 'zod';

/** How loud a line is, the loudest first; `silent` is no line's, and switches the log off. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** One of {@link LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What is logged, and how: one strict schema for the environment and for code. */
export const logOptionsSchema = z.strictObject({
  /** `LOG_LEVEL`: the quietest level that is written. */
  level: z.enum(LOG_LEVELS).default('info'),
  /** `LOG_FORMAT`: JSON for machines, or text for people; by default JSON in production alone. */
  format: z.enum(['json', 'pretty']).optional(),
  /** `LOG_REQUESTS`: whether every request has its line once it is over. */
  isRequestLogged: z
    .boolean({ error: ({ input }) => (typeof input === 'string' ? 'is on or off' : undefined) })
    .default(true),
  /** The part of its budget from which on a page counts as slow: its line tells where the time went. */
  slowPageRatio: z.number().min(0).max(10).default(0.5),
  /** Names of further fields whose values never reach the log, beside those that are known: letters, digits, dashes. */
  secretNames: z.array(z.string().regex(/^[\w-]{2,64}$/, 'must be letters, digits, `-` and `_`')).default([]),
});

/** What is logged, and how. */
export type LogOptions = Readonly<z.output<typeof logOptionsSchema>> & { readonly format: 'json' | 'pretty' };

/** The same, as it is written in code. */
export type LogOptionsInput = z.input<typeof logOptionsSchema>;

/**
 * Reads `LOG_LEVEL`, `LOG_FORMAT` and `LOG_REQUESTS` over what the code says.
 * @throws BootError  if something is wrong and there is no `problems` to note it in
 */
export function logOptions(
  input: LogOptionsInput = {},
  environment: NodeJS.ProcessEnv = process.env,
  problems?: BootProblems,
): LogOptions {
  const { LOG_LEVEL: level, LOG_FORMAT: format, LOG_REQUESTS: requests } = environment;
  const raw = {
    ...input,
    ...(level && { level: level.toLowerCase() }),
    ...(format && { format }),
    ...(requests && { isRequestLogged: ({ on: true, off: false } as const)[requests] ?? requests }),
  };
  const origins = {
    ...(level && { level: 'LOG_LEVEL' }),
    ...(format && { format: 'LOG_FORMAT' }),
    ...(requests && { isRequestLogged: 'LOG_REQUESTS' }),
  };
  const options = readOptions('log', logOptionsSchema, raw, problems, origins);
  return { ...options, format: options.format ?? (environment['NODE_ENV'] === 'production' ? 'json' : 'pretty') };
}
