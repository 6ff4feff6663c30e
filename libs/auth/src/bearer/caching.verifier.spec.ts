import { ManualClock } from 'guichet/testing';
import { CachingVerifier } from './caching.verifier.js';
import { TokenRejected } from './token-rejected.js';
import { TokenVerifier, type VerifiedToken } from './token-verifier.js';

class CountingVerifier extends TokenVerifier {
  asked = 0;
  constructor(private readonly expiresAtEpochMs: number) {
    super();
  }
  override async verify(token: string): Promise<VerifiedToken> {
    this.asked++;
    if (token === 'bad') throw new TokenRejected('signature', 'bad');
    return { principal: { issuer: 'i', subject: token, claims: {} }, expiresAtEpochMs: this.expiresAtEpochMs };
  }
}

function start(lifeMs: number, maxEntries = 10) {
  const clock = new ManualClock();
  const inner = new CountingVerifier(clock.epochMs() + lifeMs);
  return { clock, inner, verifier: new CachingVerifier(inner, maxEntries, 300_000, clock) };
}

describe('CachingVerifier', () => {
  it('verifies a token once', async () => {
    const { inner, verifier } = start(600_000);
    await verifier.verify('ann');
    await verifier.verify('ann');
    expect(inner.asked).toBe(1);
    expect(verifier.recall('ann')?.principal.subject).toBe('ann');
    expect(verifier.recall('ann2')).toBeUndefined();
  });

  it('forgets it the millisecond it expires', async () => {
    const { clock, verifier } = start(1_000);
    await verifier.verify('ann');
    clock.advance(999);
    expect(verifier.recall('ann')).toBeDefined();
    clock.advance(1);
    expect(verifier.recall('ann')).toBeUndefined();
  });

  it('verifies again after five minutes, however long the token lives', async () => {
    const { clock, verifier } = start(86_400_000);
    await verifier.verify('ann');
    clock.advance(300_000);
    expect(verifier.recall('ann')).toBeUndefined();
  });

  it('holds no more than it may', async () => {
    const { verifier } = start(600_000, 10);
    for (let n = 0; n < 1_000; n++) await verifier.verify(`t${n}`);
    const held = Array.from({ length: 1_000 }, (_, n) => verifier.recall(`t${n}`)).filter(Boolean);
    expect(held).toHaveLength(10);
    expect(verifier.recall('t999')).toBeDefined();
  });

  it('does not remember a refusal', async () => {
    const { inner, verifier } = start(600_000);
    await expect(verifier.verify('bad')).rejects.toBeInstanceOf(TokenRejected);
    await expect(verifier.verify('bad')).rejects.toBeInstanceOf(TokenRejected);
    expect(inner.asked).toBe(2);
  });
});
