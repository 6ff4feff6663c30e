import type { OptionOrigins } from 'guichet/kernel';
import { readTrustedProxies } from '../client-address.js';
import { readPairs } from './pairs.js';
import type { TracingOptionsInput } from './tracing-options.js';

type Read = (text: string) => unknown;

const asItIs: Read = text => text;
const network: Read = text => text.split(',').map(part => part.trim());
/** What cannot be read stands as it was written: the schema refuses it. */
const pairs: Read = text => readPairs(text) ?? text;

/** Option, the variables that say it (the first that is set wins), how they are read. */
const VARIABLES: readonly (readonly [string, readonly string[], Read])[] = [
  ['protocol', ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'], asItIs],
  ['secretHeaders', ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'OTEL_EXPORTER_OTLP_HEADERS'], asItIs],
  ['timeoutMs', ['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', 'OTEL_EXPORTER_OTLP_TIMEOUT'], asItIs],
  ['compression', ['OTEL_EXPORTER_OTLP_TRACES_COMPRESSION', 'OTEL_EXPORTER_OTLP_COMPRESSION'], asItIs],
  ['sampler', ['OTEL_TRACES_SAMPLER'], asItIs],
  ['ratio', ['OTEL_TRACES_SAMPLER_ARG'], asItIs],
  ['scheduleDelayMs', ['OTEL_BSP_SCHEDULE_DELAY'], asItIs],
  ['maxQueuedSpans', ['OTEL_BSP_MAX_QUEUE_SIZE'], asItIs],
  ['serviceName', ['OTEL_SERVICE_NAME'], asItIs],
  ['resource', ['OTEL_RESOURCE_ATTRIBUTES'], pairs],
];

/**
 * Puts the environment over the options of the code.
 * @returns the options, unchecked, and which of them came from a variable
 */
export function tracingEnvironment(
  input: TracingOptionsInput,
  env: NodeJS.ProcessEnv,
): { raw: unknown; origins: OptionOrigins } {
  const raw: Record<string, unknown> = { ...input };
  const origins: Record<string, string> = {};
  for (const [option, variables, read] of VARIABLES) {
    const variable = variables.find(name => env[name]);
    if (variable === undefined) continue;
    raw[option] = read(env[variable]!);
    origins[option] = variable;
  }
  endpoint(raw, origins, env);
  const { PAGE_TRACE_SECRET: secret, PAGE_TRACE_NETWORKS: networks, TRUSTED_PROXIES: proxies } = env;
  if (secret || networks) {
    raw['pageTrace'] = {
      ...input.pageTrace,
      ...(secret && { secret }),
      ...(networks && { networks: network(networks) }),
    };
    Object.assign(origins, { 'pageTrace.secret': 'PAGE_TRACE_SECRET', 'pageTrace.networks': 'PAGE_TRACE_NETWORKS' });
  }
  if (proxies) {
    raw['trustedProxies'] = readTrustedProxies(proxies);
    origins['trustedProxies'] = 'TRUSTED_PROXIES';
  }
  return { raw, origins };
}

/** The general endpoint has a path for each signal; the one for traces is taken as it is written. */
function endpoint(raw: Record<string, unknown>, origins: Record<string, string>, env: NodeJS.ProcessEnv): void {
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own, OTEL_EXPORTER_OTLP_ENDPOINT: base } = env;
  if (/^true$/i.test(env['OTEL_SDK_DISABLED'] ?? '') || env['OTEL_TRACES_EXPORTER'] === 'none') {
    delete raw['endpoint'];
  } else if (own) {
    raw['endpoint'] = own;
    origins['endpoint'] = 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT';
  } else if (base) {
    raw['endpoint'] = `${base.replace(/\/+$/, '')}/v1/traces`;
    origins['endpoint'] = 'OTEL_EXPORTER_OTLP_ENDPOINT';
  }
}
