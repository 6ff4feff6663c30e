import type { IncomingMessage } from 'node:http';
import type { Clock } from 'guichet/kernel';
import type { AddressSet } from '../address-set.js';
import { ClientAddress, type TrustedProxies } from '../client-address.js';
import { isSignedPageTrace } from './page-trace-signature.js';

const HEADER = 'x-page-trace';

/** Who may ask for the trace of a page: whoever fits one of these. */
export interface PageTraceCallers {
  /** Everybody: in development. */
  readonly anybody: boolean;
  /** Who signs with this secret. */
  readonly secret: string | undefined;
  /** Who asks from one of these addresses. */
  readonly networks: AddressSet | undefined;
  /** Who may speak for another address. */
  readonly trustedProxies: TrustedProxies;
}

/** Decides which requests are told what happened in their page, as `X-Page-Trace` asks. */
export class PageTracePermission {
  private readonly address: ClientAddress;

  constructor(
    private readonly callers: PageTraceCallers,
    private readonly clock: Clock,
  ) {
    this.address = new ClientAddress(callers.trustedProxies);
  }

  /** Whether anybody may ask at all. */
  get isGranted(): boolean {
    const { anybody, secret, networks } = this.callers;
    return anybody || secret !== undefined || networks !== undefined;
  }

  /** @returns whether a request asks for its trace and may */
  isGrantedTo(request: IncomingMessage): boolean {
    const value = request.headers[HEADER];
    return value === undefined ? false : this.fits(String(value), request);
  }

  private fits(value: string, request: IncomingMessage): boolean {
    if (!/^1(?:\s*;|$)/.test(value)) return false;
    const { anybody, secret } = this.callers;
    if (anybody || this.isNear(request)) return true;
    const signed = { method: request.method!, target: request.url! };
    return secret !== undefined && isSignedPageTrace(value, secret, signed, this.clock.epochMs());
  }

  /** Whether it comes from one of the networks; one that an undeclared proxy forwarded comes from nowhere. */
  private isNear({ headers, socket }: IncomingMessage): boolean {
    const { networks } = this.callers;
    if (networks === undefined) return false;
    const peer = this.address.of(socket.remoteAddress, undefined);
    const forwardedFor = headers['x-forwarded-for'];
    if (forwardedFor === undefined) return headers['forwarded'] === undefined && networks.has(peer);
    const address = this.address.of(socket.remoteAddress, String(forwardedFor));
    return address !== peer && networks.has(address);
  }
}
