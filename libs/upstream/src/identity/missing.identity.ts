import { UpstreamError } from 'guichet/kernel';
import type { CallIdentity } from './call-identity.js';

/** Nobody is signed in, and the upstream must know who asks: the call fails before anything is sent. */
export class MissingIdentity implements CallIdentity {
  readonly key = undefined;

  constructor(
    private readonly upstream: string,
    private readonly kind: string,
  ) {}

  prepare(): never {
    throw new UpstreamError(
      'identity-missing',
      this.upstream,
      `is called with identity '${this.kind}', and nobody is signed in (allowsAnonymous would send nothing instead)`,
    );
  }

  header(): never {
    return this.prepare();
  }

  refused(): void {}
}
