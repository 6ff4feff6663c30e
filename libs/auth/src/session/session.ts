/** The tokens of a session. They stay on the server. */
export interface SessionTokens {
  readonly accessToken: string;
  /** The instant the access token ends: milliseconds since 1970; undefined where the issuer did not say. */
  readonly accessExpiresAtEpochMs: number | undefined;
  readonly refreshToken: string | undefined;
  /** Shown to the issuer at logout, so that it knows whose. */
  readonly idToken: string;
}

/** Who is logged in. */
export interface Session {
  /** The ID token's `iss`. */
  readonly issuer: string;
  /** The ID token's `sub`. */
  readonly subject: string;
  /** The issuer's name for its own session, where it has one: back-channel logout speaks of it. */
  readonly sid: string | undefined;
  /** The ID token's claims, and the granted `scope`. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly tokens: SessionTokens;
}

/** A session as it stands in a store. */
export interface StoredSession {
  readonly session: Session;
  /** Counts what was written: whoever replaces a session says which version of it was read. */
  readonly version: number;
  /** Milliseconds until it ends if nobody comes. */
  readonly leftMs: number;
}

/** How long a session lives, in milliseconds. */
export interface SessionLifetime {
  /** Without a request. */
  readonly idleMs: number;
  /** At the most. */
  readonly absoluteMs: number;
}

/** What is remembered of a login between its two visits. */
export interface LoginTransaction {
  readonly state: string;
  readonly nonce: string;
  /** PKCE's secret. */
  readonly codeVerifier: string;
  /** Where the browser goes afterwards: a local path. */
  readonly returnUrl: string;
  /** The id of the session that the login replaces, if there was one. */
  readonly replaces: string | undefined;
}
