import { ServiceUnavailableException } from '@nestjs/common';

/** A request that this process cannot finish, because it ends; another replica can. */
export class ReplicaGone extends ServiceUnavailableException {
  /** Seconds after which asking again makes sense. */
  readonly retryAfterSeconds = 1;
}
