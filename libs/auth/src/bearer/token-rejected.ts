/** Why a token is not accepted: a closed set, by which metrics tell them apart. */
export const TOKEN_REJECTIONS = [
  /** No bearer token, no compact JWS, or no strict JSON in it. */
  'malformed',
  'too-long',
  /** Its header says what no such token says: another `typ`, or rules of its own. */
  'header',
  'algorithm',
  /** No key that the issuer publishes fits it. */
  'unknown-key',
  'signature',
  'expired',
  /** It counts, or was issued, only later. */
  'not-yet',
  'issuer',
  'audience',
  /** Claims that are missing or are not what they must be. */
  'claims',
] as const;

/** One of {@link TOKEN_REJECTIONS}. */
export type TokenRejection = (typeof TOKEN_REJECTIONS)[number];

/** A token that is not accepted. Reason and message are for metrics and logs; the client learns only that it is invalid. */
export class TokenRejected extends Error {
  override readonly name = 'TokenRejected';

  /** @param message  in words */
  constructor(
    readonly reason: TokenRejection,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A token cannot be judged now, because its issuer's keys are not known and cannot be had: 503, never 401. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}
