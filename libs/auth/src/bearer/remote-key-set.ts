import { type Clock, systemClock } from 'guichet/kernel';
import { fetchDocument } from './fetch-document.js';
import { sortKeys, type VerificationKey } from './key-hygiene.js';
import { KeySet } from './key-set.js';
import { KeysUnavailable } from './token-rejected.js';

/** What a {@link RemoteKeySet} needs to know. */
export interface RemoteKeySetOptions {
  /** Where the issuer's metadata is, and what it must call itself. */
  readonly issuer: string;
  /** The JWK set's URL; without it the issuer's metadata names it. */
  readonly jwksUri?: string | undefined;
  /** Milliseconds between two fetches at the least, whatever tokens ask for. */
  readonly cooldownMs: number;
  /** Milliseconds after which the set is fetched again, in the background. */
  readonly maxAgeMs: number;
  readonly log?: { warn(message: string): void } | undefined;
}

/**
 * The keys an issuer publishes. An unknown `kid` fetches them anew, at most once in `cooldownMs` however many come; while they
 * cannot be fetched, the known ones go on.
 */
export class RemoteKeySet extends KeySet {
  /** How often they were asked for, and got. */
  readonly refreshes = { succeeded: 0, failed: 0 };
  private keys: readonly VerificationKey[] | undefined;
  private fetchedAt = -Infinity;
  private triedAt = -Infinity;
  private fetching: Promise<void> | undefined;

  constructor(
    private readonly options: RemoteKeySetOptions,
    private readonly clock: Clock = systemClock,
    private readonly fetchJson: (url: string) => Promise<unknown> = fetchDocument,
  ) {
    super();
  }

  override get isReady(): boolean {
    // Without traffic nobody else would ask: a load balancer waits for readiness, and readiness for keys.
    if (this.keys === undefined) void this.refresh();
    return this.keys !== undefined;
  }

  /** Milliseconds since they were fetched last; undefined before. */
  get ageMs(): number | undefined {
    return this.keys && this.clock.now() - this.fetchedAt;
  }

  override async find(kid: string | undefined, alg: string): Promise<VerificationKey | undefined> {
    const known = this.lookUp(kid, alg);
    if (known) {
      if (this.clock.now() - this.fetchedAt > this.options.maxAgeMs) void this.refresh();
      return known;
    }
    await this.refresh();
    if (!this.keys) throw new KeysUnavailable(`no keys of ${this.options.issuer}`);
    return this.lookUp(kid, alg);
  }

  /** Fetches the set unless that was tried within the cooldown. Never rejects: what went wrong is in the log. */
  refresh(): Promise<void> {
    if (this.fetching) return this.fetching;
    if (this.clock.now() - this.triedAt < this.cooldownMs) return Promise.resolve();
    this.triedAt = this.clock.now();
    return (this.fetching = this.fetch().finally(() => (this.fetching = undefined)));
  }

  /** Before the first set there is nothing to protect from a flood of unknown `kid`s but the issuer: ask it each second. */
  private get cooldownMs(): number {
    return this.keys ? this.options.cooldownMs : Math.min(1_000, this.options.cooldownMs);
  }

  private async fetch(): Promise<void> {
    try {
      const { keys, refused } = sortKeys(await this.fetchJson(this.options.jwksUri ?? (await this.discover())));
      for (const reason of refused) this.options.log?.warn(`keys of ${this.options.issuer}: ${reason}`);
      if (keys.length === 0) throw new Error('no key in it may be used');
      this.keys = keys;
      this.fetchedAt = this.clock.now();
      this.refreshes.succeeded++;
    } catch (error) {
      this.refreshes.failed++;
      const meanwhile = this.keys ? 'the known ones go on' : 'none are known';
      this.options.log?.warn(
        `keys of ${this.options.issuer} could not be fetched (${(error as Error).message}); ${meanwhile}`,
      );
    }
  }

  private async discover(): Promise<string> {
    const { issuer } = this.options;
    const metadata = (await this.fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)) as Record<
      string,
      unknown
    >;
    if (metadata['issuer'] !== issuer) throw new Error('its metadata names another issuer');
    const jwksUri = metadata['jwks_uri'];
    if (typeof jwksUri !== 'string' || new URL(jwksUri).protocol !== new URL(issuer).protocol) {
      throw new Error('its metadata names no jwks_uri of the same scheme');
    }
    return jwksUri;
  }

  private lookUp(kid: string | undefined, alg: string): VerificationKey | undefined {
    const fitting =
      this.keys?.filter(key => key.algorithms.includes(alg) && (kid === undefined || key.kid === kid)) ?? [];
    return fitting.length === 1 ? fitting[0] : undefined;
  }
}
