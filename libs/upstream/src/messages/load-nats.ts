import { loadPackage } from '../optional-package.js';

/** What NATS needs, by npm's name. */
export const NATS_PACKAGES = ['@nats-io/transport-node'] as const;

/** The package that NATS needs. */
export type NatsPackage = typeof import('@nats-io/transport-node');

/** Loads it. */
export function loadNats(): NatsPackage {
  return loadPackage(NATS_PACKAGES[0]);
}
