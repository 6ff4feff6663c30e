import type { Credentials } from 'guichet/kernel';
import type { CallIdentity } from './call-identity.js';

/** The caller's own access token, passed on. */
export class UserIdentity implements CallIdentity {
  constructor(
    readonly key: string | undefined,
    private readonly credentials: Credentials,
  ) {}

  prepare(): undefined {}

  header(): string {
    return `Bearer ${this.credentials.reveal()}`;
  }

  refused(): void {}
}
