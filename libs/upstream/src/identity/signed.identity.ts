import type { CallIdentity } from './call-identity.js';
import type { IdentitySubject, UpstreamIdentity } from './upstream-identity.js';

/** What the app says of the caller to one upstream, signed. */
export class SignedIdentity implements CallIdentity {
  constructor(
    private readonly upstream: string,
    private readonly subject: IdentitySubject,
    private readonly identity: UpstreamIdentity,
  ) {}

  get key(): string {
    return this.subject.key;
  }

  prepare(): undefined {}

  header(): string {
    return `Bearer ${this.identity.signedToken(this.upstream, this.subject)}`;
  }

  refused(): void {}
}
