import { Logger } from '@nestjs/common';
import type { BootProblems, Clock } from 'guichet/kernel';
import { type IdentitySubject, UpstreamIdentity } from 'guichet/upstream';
import { ClientCredentials } from './client-credentials.js';
import { IdentitySigner } from './identity-signer.js';
import type { OutgoingOptions } from './outgoing.options.js';
import { ServiceTokens } from './service-tokens.js';
import { generateSigningKey, type PublishedKey, type SigningKey } from './signing-keys.js';

/** `iss` outside production, where nothing says how the app is known. */
const UNNAMED_ISSUER = 'urn:guichet:development';

/** Gives the tokens that upstreams are shown, of the app itself and about callers. */
export class OutgoingIdentity extends UpstreamIdentity {
  private readonly log = new Logger('Identity');
  private readonly tokens: ServiceTokens | undefined;
  private keys: readonly SigningKey[];
  private signer: IdentitySigner | undefined;

  /** @param keys  the first one signs, all are published; may be empty outside production */
  constructor(
    private readonly options: OutgoingOptions,
    keys: readonly SigningKey[],
    private readonly clock: Clock,
  ) {
    super();
    this.keys = keys;
    const { service } = options;
    if (service) {
      const credentials = new ClientCredentials(service, clock);
      this.tokens = new ServiceTokens(service, asked => credentials.fetch(asked), clock, this.log);
    }
  }

  /** The public halves of all keys. */
  get publishedKeys(): readonly PublishedKey[] {
    return this.keys.map(({ published }) => published);
  }

  override require(upstream: string, kind: 'service' | 'signed', problems: BootProblems): void {
    const note = (path: string, message: string, mend: string): void =>
      problems.add({ where: 'outgoing identity', path, message: `${message}, and "${upstream}" needs it`, mend });
    if (kind === 'service') {
      if (!this.tokens) {
        const mend = 'set SERVICE_CLIENT_ID, SERVICE_CLIENT_SECRET and AUTH_ISSUER, or the option `service`';
        note('service', 'the app has no client at the issuer', mend);
      }
    } else if (!this.options.production) this.signer ??= this.makeSigner();
    else {
      if (this.keys.length === 0) {
        note('SIGNING_KEY', 'there is no key to sign with', 'set it to a private key, P-256 or Ed25519 (PEM or JWK)');
      }
      if (this.options.issuer === undefined) {
        note('SIGNING_ISSUER', 'what signs has no name', 'set it, or PUBLIC_ORIGIN, to the URL the app is known by');
      }
    }
  }

  override serviceToken(upstream: string): string | Promise<string> {
    if (this.tokens) return this.tokens.token(upstream);
    throw new Error(`"${upstream}" is called with identity 'service', and the app has no client at the issuer`);
  }

  override forgetServiceToken(upstream: string, token: string): void {
    this.tokens?.forget(upstream, token);
  }

  override signedToken(upstream: string, subject: IdentitySubject): string {
    this.signer ??= this.makeSigner();
    return this.signer.token(upstream, subject);
  }

  /** Made when it is first needed: an app that signs nothing needs no key. */
  private makeSigner(): IdentitySigner {
    const { production, issuer, lifetimeS } = this.options;
    if (production && (this.keys.length === 0 || issuer === undefined)) {
      throw new Error(`identity 'signed' needs SIGNING_KEY and SIGNING_ISSUER in production`);
    }
    if (this.keys.length === 0) {
      this.keys = [generateSigningKey()];
      this.log.log(
        'signed identities are signed with a key of this process alone: other replicas, and this one after a restart, have others (set SIGNING_KEY to share one)',
      );
    }
    return new IdentitySigner(this.keys[0]!, issuer ?? UNNAMED_ISSUER, lifetimeS, this.clock);
  }
}
