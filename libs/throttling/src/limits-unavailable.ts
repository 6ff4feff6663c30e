import { ServiceUnavailableException } from '@nestjs/common';

/** Limits cannot be counted, and the app is configured to refuse rather than to guess: 503. */
export class LimitsUnavailable extends ServiceUnavailableException {
  /** Seconds for `Retry-After`. */
  readonly retryAfterSeconds = 1;

  constructor() {
    super('Limits cannot be checked at the moment.');
  }
}
