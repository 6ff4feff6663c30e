import { createHash } from 'node:crypto';
import { type Clock, systemClock } from 'guichet/kernel';
import type { BearerMetrics } from '../metrics/bearer-metrics.js';
import { TokenVerifier, type VerifiedToken } from './token-verifier.js';

interface Entry {
  readonly verified: VerifiedToken;
  /** The instant after which it is verified again: milliseconds since 1970. */
  readonly untilEpochMs: number;
}

/**
 * Remembers what was verified, by the digest of the whole token, never past its expiry and at most five minutes (so that a
 * key that was withdrawn soon counts for nothing). Failures are not remembered.
 */
export class CachingVerifier extends TokenVerifier {
  private readonly entries = new Map<string, Entry>();

  /**
   * @param maxEntries  tokens remembered at the most; the oldest goes first
   * @param maxAgeMs    milliseconds
   */
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly maxEntries = 10_000,
    private readonly maxAgeMs = 300_000,
    private readonly clock: Clock = systemClock,
    private readonly metrics: BearerMetrics | undefined = undefined,
  ) {
    super();
  }

  /** @returns what is remembered of a token, at once, or undefined */
  recall(token: string): VerifiedToken | undefined {
    const known = this.lookUp(digest(token));
    // Who finds nothing goes on to verify, which counts the miss.
    if (known) this.recognised();
    return known;
  }

  override async verify(token: string): Promise<VerifiedToken> {
    const key = digest(token);
    const known = this.lookUp(key);
    if (known) {
      this.recognised();
      return known;
    }
    const verified = await this.verifyAnew(token);
    if (this.entries.size >= this.maxEntries) this.entries.delete(this.entries.keys().next().value!);
    this.entries.set(key, {
      verified,
      untilEpochMs: Math.min(verified.expiresAtEpochMs, this.clock.epochMs() + this.maxAgeMs),
    });
    return verified;
  }

  private async verifyAnew(token: string): Promise<VerifiedToken> {
    const { metrics, verifier } = this;
    metrics?.misses.increment();
    try {
      const verified = await verifier.verify(token);
      metrics?.accepted.increment();
      return verified;
    } catch (error) {
      metrics?.refused(error);
      throw error;
    }
  }

  private recognised(): void {
    const { metrics } = this;
    if (metrics === undefined) return;
    metrics.hits.increment();
    metrics.accepted.increment();
  }

  private lookUp(key: string): VerifiedToken | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    if (entry.untilEpochMs > this.clock.epochMs()) return entry.verified;
    this.entries.delete(key);
    return undefined;
  }
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
