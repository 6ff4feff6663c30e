import type { RequestContext } from 'guichet/kernel';
import type { CallIdentity } from './call-identity.js';
import type { IdentityKind } from './identity-kind.js';
import { IdentitySubjects } from './identity-subjects.js';
import { MissingIdentity } from './missing.identity.js';
import { ServiceIdentity } from './service.identity.js';
import { SignedIdentity } from './signed.identity.js';
import type { UpstreamIdentity } from './upstream-identity.js';
import { UserIdentity } from './user.identity.js';

/** What of an upstream's options says as whom it is called. */
export interface IdentityOptions {
  readonly identity: IdentityKind;
  readonly allowsAnonymous: boolean;
  readonly identityClaims: readonly string[];
}

/** As whom the calls of one upstream are made. */
export class CallIdentities {
  private readonly users = new IdentitySubjects('user', undefined);
  private readonly signed: IdentitySubjects;

  constructor(
    private readonly upstream: string,
    private readonly options: IdentityOptions,
    private readonly port: UpstreamIdentity | undefined,
  ) {
    this.signed = new IdentitySubjects('signed', options.identityClaims);
  }

  /**
   * @param kind  of this call; the upstream's where it says nothing
   * @returns undefined where no identity is sent
   * @throws Error  for `service` and `signed` in an app that has no tokens to give, a mistake in its modules
   */
  of(kind: IdentityKind | undefined, { principal, credentials }: RequestContext): CallIdentity | undefined {
    const chosen = kind ?? this.options.identity;
    switch (chosen) {
      case 'none':
        return undefined;
      case 'service':
        return new ServiceIdentity(this.upstream, this.provider(chosen));
      case 'user':
        if (credentials === undefined) return this.nobody(chosen);
        return new UserIdentity(principal && this.users.of(principal).key, credentials);
      case 'signed':
        if (principal === undefined) return this.nobody(chosen);
        return new SignedIdentity(this.upstream, this.signed.of(principal), this.provider(chosen));
    }
  }

  private nobody(kind: IdentityKind): CallIdentity | undefined {
    return this.options.allowsAnonymous ? undefined : new MissingIdentity(this.upstream, kind);
  }

  private provider(kind: IdentityKind): UpstreamIdentity {
    if (this.port) return this.port;
    throw new Error(
      `"${this.upstream}" is called with identity '${kind}', and the app provides no UpstreamIdentity: import OutgoingIdentityModule.forRoot() of guichet/auth`,
    );
  }
}
