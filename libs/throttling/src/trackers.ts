import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { addressBlock, ClientAddress, contextOf } from 'guichet/observability';
import type { ThrottlingOptions } from './throttling.options.js';

/** Whom a limit counts. */
export type TrackerName = ThrottlingOptions['limits'][string]['tracker'];

/** Names whom a request counts for, or gives undefined where the limit does not concern it. */
export type Tracker = (request: IncomingMessage) => string | undefined;

/** Makes the trackers of an app. */
export function trackers({ trustedProxies, apiKeyHeader }: ThrottlingOptions): Record<TrackerName, Tracker> {
  const addresses = new ClientAddress(trustedProxies);
  return {
    address: request =>
      addressBlock(
        addresses.of(request.socket.remoteAddress, request.headers['x-forwarded-for'] as string | undefined),
      ),
    principal: request => {
      const principal = contextOf(request)?.principal;
      return principal && `${principal.issuer}\n${principal.subject}`;
    },
    // Hashed: keys reach Redis, and a secret must not.
    'api-key': request => {
      const key = request.headers[apiKeyHeader];
      return typeof key === 'string' ? createHash('sha256').update(key).digest('base64url') : undefined;
    },
  };
}
