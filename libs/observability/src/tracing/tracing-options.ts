import { z } from 'zod';
import { type BootProblems, readOptions } from 'guichet/kernel';
import { AddressSet } from '../address-set.js';
import { readPairs } from './pairs.js';
import { tracingEnvironment } from './tracing-environment.js';
import { SAMPLERS } from './sampler.js';

const isHttpUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

const areNetworks = (networks: readonly string[]): boolean => {
  try {
    new AddressSet(networks);
    return true;
  } catch {
    return false;
  }
};

const AS_PAIRS = 'is written key=value,key=value, values percent-encoded';
const pairs = z.record(z.string(), z.string(), { error: AS_PAIRS });
const networks = z
  .array(z.string())
  .min(1)
  .refine(areNetworks, 'is no list of addresses and of networks such as 10.0.0.0/8');

/** Which traces are recorded and where they go, and who may ask for one: one strict schema for the environment and for code. */
export const tracingOptionsSchema = z.strictObject({
  /** Where spans go: the whole URL. Without it no trace is recorded. */
  endpoint: z.string().refine(isHttpUrl, 'is no URL that begins with http:// or https://').optional(),
  /** Only this is spoken. */
  protocol: z.enum(['http/json']).default('http/json'),
  /** Headers that are sent with every export, for they may hold a token: `key=value,key=value`, values percent-encoded. */
  secretHeaders: z
    .string()
    .refine(text => readPairs(text) !== undefined, AS_PAIRS)
    .default(''),
  /** Milliseconds one export may take, its retries included. */
  timeoutMs: z.coerce.number().int().min(100).max(60_000).default(10_000),
  compression: z.enum(['none', 'gzip']).default('none'),
  /** How traces are chosen. */
  sampler: z.enum(SAMPLERS).default('parentbased_traceidratio'),
  /** Of the traces that begin here, how many are recorded, where the sampler goes by it. */
  ratio: z.coerce.number().min(0).max(1).default(0.1),
  /** How long spans wait for others, milliseconds. */
  scheduleDelayMs: z.coerce.number().int().min(1).max(60_000).default(5_000),
  /** How many spans may wait; those beyond are dropped and counted. */
  maxQueuedSpans: z.coerce.number().int().min(512).max(65_536).default(2_048),
  /** What the app is called in traces; by default its name. */
  serviceName: z.string().min(1).max(200).optional(),
  /** What else is to be said of the process. */
  resource: pairs.default({}),
  /** Who may be told what happened in a page, beside everybody in development. */
  pageTrace: z
    .strictObject({
      /** Callers that sign with it. */
      secret: z.string().min(32, 'has at least 32 characters').optional(),
      /** Callers from these networks. */
      networks: networks.optional(),
    })
    .prefault({}),
  /** The proxies before the app: how many, or their networks. */
  trustedProxies: z
    .union([z.int().min(0).max(16), networks], {
      error: 'is the number of proxies before the app, or a list of their networks',
    })
    .default(0),
});

/** Which traces are recorded, and who may ask for one. */
export type TracingOptions = Readonly<z.output<typeof tracingOptionsSchema>>;

/** The same, as it may be written in code. */
export type TracingOptionsInput = z.input<typeof tracingOptionsSchema>;

/**
 * Reads OpenTelemetry's variables, `PAGE_TRACE_SECRET` and `PAGE_TRACE_NETWORKS` over what the code says.
 * @throws BootError  if something is wrong and there is no `problems` to note it in
 */
export function tracingOptions(
  input: TracingOptionsInput = {},
  environment: NodeJS.ProcessEnv = process.env,
  problems?: BootProblems,
): TracingOptions {
  const { raw, origins } = tracingEnvironment(input, environment);
  return readOptions('tracing', tracingOptionsSchema, raw, problems, origins);
}
