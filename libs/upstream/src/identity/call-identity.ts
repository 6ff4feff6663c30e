/** As whom one call is made. Stands on its request; the token itself is asked for when the headers are written. */
export interface CallIdentity {
  /** {@link UpstreamRequest.identityKey} */
  readonly key: string | undefined;

  /**
   * Sees to it that there is a token.
   * @returns undefined where there is one already
   * @throws UpstreamError  if none can be had
   */
  prepare(): Promise<void> | undefined;

  /** @returns the value of `Authorization`, once {@link prepare} is over */
  header(): string;

  /** The upstream answered 401 to it. */
  refused(): void;
}
