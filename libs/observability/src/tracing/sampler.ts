import type { TraceContext } from '../trace-context.js';

/** Decides whether a request's trace is recorded. */
export type Sampler = (trace: TraceContext) => boolean;

/** How traces are chosen: the names of OpenTelemetry's specification. */
export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

export type SamplerName = (typeof SAMPLERS)[number];

/** 2^52: 13 hex digits, which a double holds exactly. */
const RANGE = 2 ** 52;

/**
 * Makes the sampler of a name.
 * @param ratio  of the traces that begin here, 0 to 1; for the two that go by it
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function samplerOf(name: SamplerName, ratio: number): Sampler {
  if (!name.startsWith('parentbased_')) return rootSampler(name, ratio);
  const root = rootSampler(name.slice('parentbased_'.length), ratio);
  return trace => (trace.isContinued ? isSampledByParent(trace) : root(trace));
}

function rootSampler(name: string, ratio: number): Sampler {
  if (name === 'always_on') return () => true;
  if (name === 'always_off') return () => false;
  // OpenTelemetry takes the last 56 bits for random: whoever goes by them with the same ratio decides the same.
  const threshold = (1 - ratio) * RANGE;
  return ({ traceparent }) => Number.parseInt(traceparent.slice(21, 34), 16) >= threshold;
}

function isSampledByParent({ traceparent }: TraceContext): boolean {
  return (Number.parseInt(traceparent.slice(53, 55), 16) & 1) === 1;
}
