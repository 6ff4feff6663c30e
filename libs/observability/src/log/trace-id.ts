import type { RequestContext } from 'guichet/kernel';

/** @returns the trace a request belongs to: 32 hex digits, or undefined where it has none */
export function traceIdOf({ sampled, traceparent }: RequestContext): string | undefined {
  // `00-<trace id>-<parent id>-<flags>`
  return sampled?.traceId ?? traceparent?.slice(3, 35);
}
