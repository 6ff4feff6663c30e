import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** The connection of a request that asks for another protocol. */
export interface Upgrade {
  readonly socket: Duplex;
  /** What came on it after the request. */
  readonly head: Buffer;
}

const UPGRADE = Symbol('guichet.upgrade');

/** Notes that a request came by the server's `upgrade` event. */
export function markUpgrade(request: IncomingMessage, upgrade: Upgrade): void {
  (request as { [UPGRADE]?: Upgrade })[UPGRADE] = upgrade;
}

/** @returns the connection of a request that came so */
export function upgradeOf(request: IncomingMessage): Upgrade | undefined {
  return (request as { [UPGRADE]?: Upgrade })[UPGRADE];
}
