import type { OptionOrigins } from 'guichet/kernel';
import { z } from 'zod';
import { CONSUL_VARIABLES, consulOptions, consulOptionsFromEnv } from './consul.options.js';
import { isHost } from './address.js';
import { isCidr } from './address-policy.js';
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
  /** Which of the addresses that Consul tells are believed. */
  addresses: z
    .strictObject({
      /** `DISCOVERY_ALLOWED_CIDRS`: networks outside of which no IP address is; none: all. */
      allowedCidrs: z.array(z.string().refine(isCidr, 'is no network in CIDR notation: 10.0.0.0/8')).default([]),
      /** `DISCOVERY_ALLOW_LOOPBACK`: whether this machine itself may be called; by default outside production. */
      allowsLoopback: z.boolean().default(true),
    })
    .prefault({}),
  /** Where what is known outlives the process. */
  snapshot: z
    .strictObject({
      /** `DISCOVERY_SNAPSHOT_FILE`: the file; none: it does not. */
      file: z.string().min(1).optional(),
      /** Milliseconds after which what is in it is believed no more. */
      maxAgeMs: z.number().int().min(1_000).max(31_536_000_000).default(86_400_000),
    })
    .prefault({}),
  /** How this process registers itself with Consul. */
  registration: registrationOptions.prefault({}),
});

/** What `DiscoveryModule.forRoot` takes. */
export type DiscoveryOptionsInput = z.input<typeof discoveryOptions>;
/** What {@link discoveryOptions} gives. */
export type DiscoveryOptions = Readonly<z.output<typeof discoveryOptions>>;

/** Injects the {@link DiscoveryOptions}. */
export const DISCOVERY_OPTIONS = Symbol('DISCOVERY_OPTIONS');

const TRUTH: Readonly<Record<string, boolean>> = { true: true, false: false };

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
  const { DISCOVERY_ALLOWED_CIDRS: cidrs, DISCOVERY_ALLOW_LOOPBACK: loopback, DISCOVERY_SNAPSHOT_FILE: file } = env;
  return {
    raw: {
      ...options,
      ...(source && { source }),
      ...(upstreamsFile && { upstreamsFile }),
      consul: { ...options.consul, ...consul },
      addresses: {
        allowsLoopback: env['NODE_ENV'] !== 'production',
        ...options.addresses,
        ...(cidrs && { allowedCidrs: cidrs.split(',').map(cidr => cidr.trim()) }),
        ...(loopback && { allowsLoopback: TRUTH[loopback] ?? loopback }),
      },
      snapshot: { ...options.snapshot, ...(file && { file }) },
      registration: { ...options.registration, ...(advertiseHost && { advertiseHost }) },
    },
    origins: {
      ...(source && { source: 'DISCOVERY' }),
      ...(upstreamsFile && { upstreamsFile: 'UPSTREAMS_FILE' }),
      ...(cidrs && { 'addresses.allowedCidrs': 'DISCOVERY_ALLOWED_CIDRS' }),
      ...(loopback && { 'addresses.allowsLoopback': 'DISCOVERY_ALLOW_LOOPBACK' }),
      ...(file && { 'snapshot.file': 'DISCOVERY_SNAPSHOT_FILE' }),
      ...(advertiseHost && { 'registration.advertiseHost': 'ADVERTISE_HOST' }),
      ...Object.fromEntries(
        Object.keys(consul).map(key => [`consul.${key}`, CONSUL_VARIABLES[key as keyof typeof CONSUL_VARIABLES]]),
      ),
    },
  };
}
