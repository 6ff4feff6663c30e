import { ServiceUnavailableException } from '@nestjs/common';

/** A session cannot be told now, because its store or its issuer cannot be reached: 503, never 401. */
export class SessionsUnavailable extends ServiceUnavailableException {
  /** Seconds for `Retry-After`. */
  readonly retryAfterSeconds = 1;

  constructor(cause?: unknown) {
    super('Sessions cannot be checked at the moment.', { cause });
  }
}
