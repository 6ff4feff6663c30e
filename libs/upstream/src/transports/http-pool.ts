import type { Instance } from 'guichet/discovery';
import { Pool } from 'undici';
import { addressOf } from '../endpoint.js';
import type { UpstreamConfig } from '../upstream-options.js';

/**
 * The connections to one instance; none is opened before the first call.
 * @throws TypeError  if the instance's address makes no URL
 * @see docs/decisions/0004-undici-dispatch-per-instance.md
 */
export function openPool(instance: Instance, config: UpstreamConfig): Pool {
  return new Pool(`http://${addressOf(instance)}`, {
    connections: config.maxConnections,
    pipelining: 1,
    connect: { timeout: config.connectTimeoutMs },
    keepAliveTimeout: config.keepAliveMs,
    maxHeaderSize: config.maxHeaderBytes,
    // The attempt timeout bounds the whole exchange; undici's would bound only the gaps between chunks.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}
