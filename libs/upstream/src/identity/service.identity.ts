import type { CallIdentity } from './call-identity.js';
import type { UpstreamIdentity } from './upstream-identity.js';

/** The app's own token: the same whoever asks, so that answers may be shared. */
export class ServiceIdentity implements CallIdentity {
  readonly key = 'service';
  #token = '';

  constructor(
    private readonly upstream: string,
    private readonly identity: UpstreamIdentity,
  ) {}

  prepare(): Promise<void> | undefined {
    const token = this.identity.serviceToken(this.upstream);
    if (token instanceof Promise) return token.then(fetched => void (this.#token = fetched));
    this.#token = token;
    return undefined;
  }

  header(): string {
    return `Bearer ${this.#token}`;
  }

  refused(): void {
    this.identity.forgetServiceToken(this.upstream, this.#token);
  }
}
