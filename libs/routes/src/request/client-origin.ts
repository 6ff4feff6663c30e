import type { IncomingMessage } from 'node:http';
import type { ClientAddress } from 'guichet/observability';

/** Where a request came from, as far as it can be believed. */
export interface ClientOrigin {
  /** The client's address, IPv4 in dotted form; `unknown` where there is none. */
  readonly address: string;
  /** How the client speaks to the first of us. */
  readonly scheme: 'http' | 'https';
  /** The host it asked for, with its port. */
  readonly host: string | undefined;
}

/** Finds out where a request came from. What a proxy says counts if the app trusts it; what a client says never does. */
export function clientOrigin({ headers, socket }: IncomingMessage, addresses: ClientAddress): ClientOrigin {
  const { remoteAddress: peer } = socket;
  const isTrusted = addresses.trusts(peer);
  const told = isTrusted ? headers['x-forwarded-proto'] : undefined;
  const isSecure = told === undefined ? 'encrypted' in socket : told === 'https';
  const forwardedFor = headers['x-forwarded-for'] as string | undefined;
  return { address: addresses.of(peer, forwardedFor), scheme: isSecure ? 'https' : 'http', host: headers.host };
}
