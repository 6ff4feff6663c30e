import type { OptionOrigins } from 'guichet/kernel';
import { z } from 'zod';
import { CONSUL_VARIABLES, consulOptions, consulOptionsFromEnv } from './consul.options.js';
import { isHost } from './address.js';
import { watchOptions } from './watch.options.js';

/** How this process registers itself; what it registers, `start` says. */
export const registrationOptions = z.strictObject({
  /** `ADVERTISE_HOST`: where others reach this process, if not where it listens. */
  advertiseHost: z.string().refine(isHost, 'is not a host name or an IP address').optional(),
  /** Unique among the agent's services; by default name, host and port. */
  id: z.string().min(1).max(255).optional(),
  tags: z.array(z.string()).default([]),
  meta: z.record(z.string(), z.string()).default({}),
  /** Its share of traffic relative to the others. */
  weight: z.number().int().min(1).max(100).default(1),
});

/** All of discovery's options. */
export const discoveryOptions = z.strictObject({
  /** `DISCOVERY`: where instances come from. */
  source: z.enum(['consul', 'static']).default('consul'),
  /** `UPSTREAMS_FILE`: the instances, for `static`. */
  upstreamsFile: z.string().min(1).optional(),
  /** How to reach Consul. */
  consul: consulOptions.prefault({}),
  /** How services are followed in Consul. */
  watch: watchOptions.prefault({}),
  /** How this process registers itself with Consul. */
  registration: registrationOptions.prefault({}),
});

/** What `DiscoveryModule.forRoot` takes. */
export type DiscoveryOptionsInput = z.input<typeof discoveryOptions>;
/** What {@link discoveryOptions} gives. */
export type DiscoveryOptions = Readonly<z.output<typeof discoveryOptions>>;

/** Injects the {@link DiscoveryOptions}. */
export const DISCOVERY_OPTIONS = Symbol('DISCOVERY_OPTIONS');

/**
 * Puts the environment over the options of the code: a deployed app is told by its variables.
 * @returns the options, unchecked, and which of them came from a variable
 */
export function withEnvironment(
  options: DiscoveryOptionsInput,
  env: NodeJS.ProcessEnv,
): { raw: unknown; origins: OptionOrigins } {
  const { DISCOVERY: source, UPSTREAMS_FILE: upstreamsFile, ADVERTISE_HOST: advertiseHost } = env;
  const consul = consulOptionsFromEnv(env);
  return {
    raw: {
      ...options,
      ...(source && { source }),
      ...(upstreamsFile && { upstreamsFile }),
      consul: { ...options.consul, ...consul },
      registration: { ...options.registration, ...(advertiseHost && { advertiseHost }) },
    },
    origins: {
      ...(source && { source: 'DISCOVERY' }),
      ...(upstreamsFile && { upstreamsFile: 'UPSTREAMS_FILE' }),
      ...(advertiseHost && { 'registration.advertiseHost': 'ADVERTISE_HOST' }),
      ...Object.fromEntries(
        Object.keys(consul).map(key => [`consul.${key}`, CONSUL_VARIABLES[key as keyof typeof CONSUL_VARIABLES]]),
      ),
    },
  };
}
