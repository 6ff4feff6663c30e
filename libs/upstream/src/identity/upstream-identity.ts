import type { BootProblems } from 'guichet/kernel';

/** Who a call is made for, as the upstream is told. */
export interface IdentitySubject {
  /** Stands for issuer, subject and claims together, and for nothing else: equal keys, equal subject. */
  readonly key: string;
  readonly issuer: string;
  readonly subject: string;
  /** The claims that the upstream's options name, where the caller has them. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * Where the tokens of `service` and `signed` come from. A port and its injection token; `guichet/auth` implements it.
 * An app whose upstreams are told nobody, or are shown the caller's own token, needs none.
 */
export abstract class UpstreamIdentity {
  /** Called at boot for every upstream that declares such an identity: notes what is not configured for it. */
  abstract require(upstream: string, kind: 'service' | 'signed', problems: BootProblems): void;

  /**
   * @returns the app's own access token for an upstream; at once where one is known
   * @throws UpstreamError  `identity-unavailable`, thrown or by the promise, when none can be had in time
   */
  abstract serviceToken(upstream: string): string | Promise<string>;

  /** An upstream answered 401 to a token of {@link serviceToken}: it is not given out again. */
  abstract forgetServiceToken(upstream: string, token: string): void;

  /** @returns a JWT for one upstream (`aud`) about one subject; at once */
  abstract signedToken(upstream: string, subject: IdentitySubject): string;
}
