/** A token that is not accepted. The message is for logs; the client learns only that it is invalid. */
export class TokenRejected extends Error {
  override readonly name = 'TokenRejected';
}

/** A token cannot be judged now, because its issuer's keys are not known and cannot be had: 503, never 401. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}
