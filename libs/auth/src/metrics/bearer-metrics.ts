import type { Counter, Metrics } from 'guichet/observability';
import { KeysUnavailable, TOKEN_REJECTIONS, TokenRejected, type TokenRejection } from '../bearer/token-rejected.js';

/** Counts bearer tokens by what became of them; never whose they are. */
export class BearerMetrics {
  /** Tokens that were recognised without being verified again, and those that were not. */
  readonly hits: Counter;
  readonly misses: Counter;
  readonly accepted: Counter;
  private readonly unavailable: Counter;
  private readonly rejections: Readonly<Record<TokenRejection, Counter>>;

  constructor(metrics: Metrics) {
    const verifications = metrics.counter({
      name: 'guichet_token_verifications_total',
      help: 'Bearer tokens by whether they were accepted and, if not, why',
      labels: ['outcome', 'reason'],
    });
    const lookups = metrics.counter({
      name: 'guichet_token_cache_lookups_total',
      help: 'Bearer tokens by whether they were known from before',
      labels: ['result'],
    });
    this.hits = lookups.child('hit');
    this.misses = lookups.child('miss');
    this.accepted = verifications.child('accepted', '');
    this.unavailable = verifications.child('unavailable', 'keys');
    this.rejections = Object.fromEntries(
      TOKEN_REJECTIONS.map(reason => [reason, verifications.child('rejected', reason)]),
    ) as Record<TokenRejection, Counter>;
  }

  /** A token was not accepted, for what was thrown. */
  refused(error: unknown): void {
    if (error instanceof TokenRejected) this.rejected(error.reason);
    else if (error instanceof KeysUnavailable) this.unavailable.increment();
  }

  /** A token was not accepted. */
  rejected(reason: TokenRejection): void {
    this.rejections[reason].increment();
  }
}
