import type { OptionOrigins } from 'guichet/kernel';
import { readTrustedProxies } from 'guichet/observability';
import type { ThrottlingModuleOptions } from './throttling.module.js';

/** One limit as `THROTTLE_LIMITS` says it: `address=600/60000`. */
const LIMIT = /^\s*([a-z][a-z0-9-]*)\s*=\s*(\d{1,10})\s*\/\s*(\d{1,10})\s*$/;

/**
 * Puts the environment over the options of the code.
 * - `REDIS_URL`
 * - `TRUSTED_PROXIES`: how many proxies stand before the app, or their networks, separated by commas
 * - `THROTTLE_LIMITS`: `name=units/windowMs`, separated by commas; each replaces the numbers of a limit that the code declares
 * @param declared  the limits of the code, or the defaults
 * @returns the options, unchecked, and which of them came from a variable
 */
export function withEnvironment(
  options: ThrottlingModuleOptions,
  declared: Readonly<Record<string, object>>,
  env: NodeJS.ProcessEnv,
): { raw: unknown; origins: OptionOrigins } {
  const { REDIS_URL: redisUrl, TRUSTED_PROXIES: proxies, THROTTLE_LIMITS: limits } = env;
  return {
    raw: {
      ...options,
      ...(redisUrl && { redisUrl }),
      ...(proxies && { trustedProxies: readTrustedProxies(proxies) }),
      ...(limits && { limits: { ...declared, ...limitsOf(limits, declared) } }),
    },
    origins: {
      ...(redisUrl && { redisUrl: 'REDIS_URL' }),
      ...(proxies && { trustedProxies: 'TRUSTED_PROXIES' }),
      ...(limits && { limits: 'THROTTLE_LIMITS' }),
    },
  };
}

/** What cannot be read, or names no limit of the code, stands as it was written: the schema refuses it, and shows it. */
function limitsOf(text: string, declared: Readonly<Record<string, object>>): Record<string, unknown> {
  return Object.fromEntries(
    text.split(',').map(part => {
      const [, name, limit, windowMs] = LIMIT.exec(part) ?? [];
      if (name === undefined || !Object.hasOwn(declared, name)) return [part.split('=')[0]!.trim(), part];
      return [name, { ...declared[name], limit: Number(limit), windowMs: Number(windowMs) }];
    }),
  );
}
