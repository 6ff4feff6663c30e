/**
 * The access token a request may show to upstreams. Kept apart from `Principal`, and out of everything that is written down:
 * JSON, logs and inspection show that there is one, never which.
 */
export class Credentials {
  readonly #token: string;

  /** @param token  an access token, as the `Bearer` scheme carries it */
  constructor(token: string) {
    this.#token = token;
  }

  /** @returns the token itself: for the `Authorization` header of an upstream's request, and nothing else */
  reveal(): string {
    return this.#token;
  }

  toJSON(): string {
    return '[redacted]';
  }

  toString(): string {
    return '[redacted]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return 'Credentials [redacted]';
  }
}
