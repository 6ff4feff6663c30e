/**
 * Who asks. Teams add the claims they read by declaration merging:
 * ```ts
 * declare module 'guichet/kernel' { interface Principal { readonly tier?: 'basic' | 'gold' } }
 * ```
 */
export interface Principal {
  /** Who vouches for the subject: the `iss` claim. */
  readonly issuer: string;
  /** Who it is at that issuer: the `sub` claim. Unique only together with `issuer`. */
  readonly subject: string;
  /** Everything the issuer said, verified. */
  readonly claims: Readonly<Record<string, unknown>>;
}
