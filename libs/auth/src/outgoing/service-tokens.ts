import { type Clock, UpstreamError } from 'guichet/kernel';
import type { ServiceOptions } from './outgoing.options.js';

/** A token as the issuer gave it. */
export interface FetchedToken {
  readonly token: string;
  /** Milliseconds it holds from now on; undefined where the issuer does not say. */
  readonly expiresInMs: number | undefined;
}

/** Asks the issuer for a token. Ends by itself, in time. */
export type TokenFetch = (parameters: Readonly<Record<string, string>>) => Promise<FetchedToken>;

/** Milliseconds in which an issuer that failed is not asked again, and in which a token that was refused is not replaced. */
const COOLDOWN_MS = 1_000;
/** Where the issuer does not say how long a token holds. */
const ASSUMED_LIFE_MS = 300_000;
const MAX_LIFE_MS = 86_400_000;
/** What can stand in the header (RFC 6750, 2.1). */
const BEARER = /^[\w.~+/-]+=*$/;

interface Held {
  readonly token: string;
  readonly fetchedAt: number;
  readonly refreshAt: number;
  readonly endsAt: number;
}

class Slot {
  held: Held | undefined = undefined;
  fetching: Promise<string> | undefined = undefined;
  failedAt = -Infinity;
  reason = '';

  constructor(readonly parameters: Readonly<Record<string, string>>) {}
}

/**
 * The app's own access tokens, one for all upstreams that ask for the same. Fetched when first needed, once however many
 * calls wait, and again in the background before they end.
 */
export class ServiceTokens {
  private readonly slots = new Map<string, Slot>();
  private readonly byUpstream = new Map<string, Slot>();

  constructor(
    private readonly options: Pick<ServiceOptions, 'scopes' | 'parameters' | 'upstreams' | 'refreshAheadMs'>,
    private readonly fetchToken: TokenFetch,
    private readonly clock: Clock,
    private readonly log: { warn(message: string): void } | undefined = undefined,
  ) {}

  /**
   * @returns a token; at once where there is one that holds
   * @throws UpstreamError  `identity-unavailable`, thrown or by the promise
   */
  token(upstream: string): string | Promise<string> {
    const slot = this.slotOf(upstream);
    const now = this.clock.now();
    const { held } = slot;
    const isUsable = held !== undefined && now < held.endsAt;
    if (isUsable && now < held.refreshAt) return held.token;
    const mayAsk = slot.fetching !== undefined || now - slot.failedAt >= COOLDOWN_MS;
    if (isUsable) {
      // What goes wrong is in the log, and tried again while the token still holds.
      if (mayAsk) this.fetch(slot).catch(() => {});
      return held.token;
    }
    if (!mayAsk) throw unavailable(upstream, slot.reason);
    return this.fetch(slot).catch((error: Error) => {
      throw unavailable(upstream, error.message);
    });
  }

  /** A token was refused: the next call fetches another, unless it is brand new. */
  forget(upstream: string, token: string): void {
    const slot = this.slotOf(upstream);
    if (slot.held?.token === token && this.clock.now() - slot.held.fetchedAt >= COOLDOWN_MS) slot.held = undefined;
  }

  private slotOf(upstream: string): Slot {
    const known = this.byUpstream.get(upstream);
    if (known) return known;
    const own = this.options.upstreams[upstream];
    const { scopes, parameters } = { ...this.options, ...own };
    const asked = { ...parameters, ...(scopes && { scope: scopes.join(' ') }) };
    const key = JSON.stringify(Object.entries(asked).sort(([a], [b]) => (a < b ? -1 : 1)));
    let slot = this.slots.get(key);
    if (!slot) this.slots.set(key, (slot = new Slot(asked)));
    this.byUpstream.set(upstream, slot);
    return slot;
  }

  private fetch(slot: Slot): Promise<string> {
    return (slot.fetching ??= this.fill(slot).finally(() => (slot.fetching = undefined)));
  }

  private async fill(slot: Slot): Promise<string> {
    try {
      const { token, expiresInMs = ASSUMED_LIFE_MS } = await this.fetchToken(slot.parameters);
      if (!BEARER.test(token)) throw new Error('the token is none that a header can carry');
      if (!(expiresInMs > 0)) throw new Error('the token is over');
      const lifeMs = Math.min(expiresInMs, MAX_LIFE_MS);
      const fetchedAt = this.clock.now();
      const refreshAt = fetchedAt + lifeMs - Math.min(this.options.refreshAheadMs, lifeMs / 5);
      // The last twentieth is left to the way to the upstream, and to its clock.
      slot.held = { token, fetchedAt, refreshAt, endsAt: fetchedAt + lifeMs * 0.95 };
      return token;
    } catch (error) {
      slot.failedAt = this.clock.now();
      slot.reason = (error as Error).message;
      this.log?.warn(`no token for the app itself: ${slot.reason}`);
      throw error;
    }
  }
}

function unavailable(upstream: string, reason: string): UpstreamError {
  return new UpstreamError('identity-unavailable', upstream, `no token for the app itself: ${reason}`);
}
