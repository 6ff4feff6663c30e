/** A reply, as a link got it. */
export interface MessageReply {
  /** What it means: 200, or of an error the HTTP status that means the same. */
  readonly status: number;
  /** Bytes, or about as many where the broker's client does not tell. */
  readonly bytes: number;
  /** Milliseconds after which the service wants to be asked again, where it said so. */
  readonly retryAfterMs?: number | undefined;
  /**
   * What it says; undefined where it says nothing.
   * @throws Error  where it cannot be read
   */
  value(): unknown;
}
