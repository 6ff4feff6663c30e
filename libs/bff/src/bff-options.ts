import { healthOptionsSchema } from 'guichet/health';
import { type BootProblems, readOptions } from 'guichet/kernel';
import { sheddingOptionsSchema } from 'guichet/page';
import { z } from 'zod';
import { drainFromEnvironment, drainOptionsSchema } from './drain/drain-options.js';
import { edgeOptionsSchema } from './edge/edge-options.js';

/** How a BFF runs: one strict schema for the environment and for code. */
export const bffOptionsSchema = z.strictObject({
  /** What it is called in Consul, in logs and in its OpenAPI document. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and dashes, and begin with a letter'),
  /** `PORT`: TCP port; 0 takes a free one. */
  port: z.coerce.number().int().min(0).max(65_535).default(3000),
  /** `HOST`: the address it listens on; by default loopback outside production, else all. */
  host: z.string().min(1).optional(),
  /** BCP 47 tags of the languages the app speaks, the default first. */
  locales: z
    .array(z.string().regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, 'must be a BCP 47 language tag'))
    .default([]),
  /** The largest request body, in bytes. */
  maxBodyBytes: z.number().int().min(0).default(102_400),
  /** Milliseconds a client may take to send its whole request. */
  requestTimeoutMs: z.number().int().min(100).default(30_000),
  /** Milliseconds an idle connection is kept; longer than the load balancer's own, or it sends into closed ones. */
  keepAliveTimeoutMs: z.number().int().min(0).default(72_000),
  /** Whether `/docs` and `/openapi.json` are served. */
  docs: z.boolean().default(true),
  /** The built browser client, served at `/`. */
  client: z.strictObject({ root: z.string().min(1) }).optional(),
  /** When requests are turned away. */
  shedding: sheddingOptionsSchema.prefault({}),
  /** What makes it unready. */
  health: healthOptionsSchema.prefault({}),
  /** How it ends. */
  drain: drainOptionsSchema.prefault({}),
  /** Whom the door lets in. */
  edge: edgeOptionsSchema.prefault({}),
});

/** How a BFF runs, complete. */
export type BffOptions = Readonly<z.output<typeof bffOptionsSchema>> & { readonly host: string };

/** The same, as it is written in code. */
export type BffOptionsInput = z.input<typeof bffOptionsSchema>;

const ORIGINS = { port: 'PORT', host: 'HOST' } as const;

/** Reads `PORT`, `HOST`, `ALLOWED_HOSTS`, `SHEDDING` and those of the drain over what the code says; what is wrong is noted in `problems`. */
export function bffOptions(input: BffOptionsInput, environment: NodeJS.ProcessEnv, problems: BootProblems): BffOptions {
  const fromEnvironment = (['port', 'host'] as const).filter(option => environment[ORIGINS[option]]);
  const raw = {
    ...input,
    ...Object.fromEntries(fromEnvironment.map(option => [option, environment[ORIGINS[option]]])),
  };
  const hosts = environment['ALLOWED_HOSTS'];
  if (hosts) raw.edge = { ...input.edge, hosts: hosts.split(',').map(host => host.trim().toLowerCase()) };
  const shedding = environment['SHEDDING'];
  if (shedding)
    raw.shedding = { ...input.shedding, isOn: ({ on: true, off: false } as const)[shedding] ?? (shedding as never) };
  const drain = drainFromEnvironment(environment);
  raw.drain = { ...input.drain, ...drain.raw };
  const origins = {
    ...drain.origins,
    ...Object.fromEntries(fromEnvironment.map(option => [option, ORIGINS[option]])),
    ...(hosts && { 'edge.hosts': 'ALLOWED_HOSTS' }),
    ...(shedding && { 'shedding.isOn': 'SHEDDING' }),
  };
  const options = readOptions('bff', bffOptionsSchema, raw, problems, origins);
  return { ...options, host: options.host ?? (environment['NODE_ENV'] === 'production' ? '0.0.0.0' : '127.0.0.1') };
}
