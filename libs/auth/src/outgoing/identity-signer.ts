import { randomUUID, sign } from 'node:crypto';
import type { Clock } from 'guichet/kernel';
import type { IdentitySubject } from 'guichet/upstream';
import type { SigningKey } from './signing-keys.js';

/** Callers remembered per upstream; the oldest goes first. A token is some 600 bytes. */
const MAX_REMEMBERED = 5_000;

interface Signed {
  readonly token: string;
  readonly madeAtEpochMs: number;
}

/**
 * Signs what upstreams are told of callers: access tokens of RFC 9068, each for one upstream. One is used for the first half of
 * its life, so that signing does not cost every call, and an upstream always sees one with at least half of it left.
 * @see docs/decisions/0016-identity-towards-upstreams.md
 */
export class IdentitySigner {
  private readonly header: string;
  private readonly byUpstream = new Map<string, Map<string, Signed>>();

  /**
   * @param key        signs
   * @param issuer     `iss`
   * @param lifetimeS  seconds a token holds
   */
  constructor(
    private readonly key: SigningKey,
    private readonly issuer: string,
    private readonly lifetimeS: number,
    private readonly clock: Clock,
  ) {
    this.header = encode({ alg: key.alg, kid: key.kid, typ: 'at+jwt' });
  }

  /** @returns a token for one upstream about one subject */
  token(upstream: string, subject: IdentitySubject): string {
    let known = this.byUpstream.get(upstream);
    if (!known) this.byUpstream.set(upstream, (known = new Map()));
    const now = this.clock.epochMs();
    const last = known.get(subject.key);
    // The system's clock may go back: a token must not come from the future.
    if (last && now >= last.madeAtEpochMs && now < last.madeAtEpochMs + this.lifetimeS * 500) return last.token;
    const token = this.sign(upstream, subject, now);
    known.delete(subject.key);
    if (known.size >= MAX_REMEMBERED) known.delete(known.keys().next().value!);
    known.set(subject.key, { token, madeAtEpochMs: now });
    return token;
  }

  private sign(upstream: string, { issuer, subject, claims }: IdentitySubject, now: number): string {
    const iat = Math.floor(now / 1_000);
    const payload = encode({
      ...claims,
      iss: this.issuer,
      aud: upstream,
      sub: subject,
      // A subject is unique only together with who vouches for it (RFC 9493).
      sub_id: { format: 'iss_sub', iss: issuer, sub: subject },
      client_id: this.issuer,
      iat,
      exp: iat + this.lifetimeS,
      jti: randomUUID(),
    });
    const input = `${this.header}.${payload}`;
    const { alg, privateKey } = this.key;
    const signature =
      alg === 'EdDSA'
        ? sign(null, Buffer.from(input), privateKey)
        : sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `${input}.${signature.toString('base64url')}`;
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
