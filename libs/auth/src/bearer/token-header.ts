import { parseStrictObject } from './strict-json.js';
import { TokenRejected } from './token-rejected.js';

/** What of a token's header decides how it is verified. */
export interface TokenHeader {
  readonly alg: string;
  readonly kid: string | undefined;
}

/** Members by which a token brings its own key or its own rules: never followed, and none is needed. */
const REFUSED = ['jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64', 'zip', 'enc', 'epk', 'p2c'];
const MAX_KID_LENGTH = 256;
const ACCESS_TOKEN = /^(?:application\/)?at\+jwt$/i;

/**
 * Reads the header of a compact JWS, before anything is computed over the token.
 * @param algorithms  the ones accepted; a header's own word counts for nothing outside them
 * @param maxBytes    tokens longer than this are refused unread
 * @param type        what `typ` must be; an access token's of RFC 9068 unless it is said
 * @throws TokenRejected  if it is not exactly what such a token looks like
 */
export function readTokenHeader(
  token: string,
  algorithms: readonly string[],
  maxBytes: number,
  type: RegExp = ACCESS_TOKEN,
): TokenHeader {
  if (token.length > maxBytes) throw new TokenRejected('too-long', `longer than ${maxBytes} bytes`);
  const parts = token.split('.', 4);
  if (parts.length !== 3 || !parts.every(isCanonicalBase64Url)) throw new TokenRejected('malformed', 'no compact JWS');
  const header = parse(parts[0]!, 'header');
  parse(parts[1]!, 'claims');
  const refused = REFUSED.find(name => Object.hasOwn(header, name));
  if (refused !== undefined) throw new TokenRejected('header', `header has '${refused}'`);
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string' || !algorithms.includes(alg))
    throw new TokenRejected('algorithm', 'algorithm not accepted');
  if (!type.test(typeof typ === 'string' ? typ : '')) throw new TokenRejected('header', 'typ is another');
  if (kid !== undefined && (typeof kid !== 'string' || kid.length === 0 || kid.length > MAX_KID_LENGTH)) {
    throw new TokenRejected('header', 'kid is no short string');
  }
  return { alg, kid };
}

function parse(part: string, name: string): Record<string, unknown> {
  try {
    return parseStrictObject(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url')));
  } catch (cause) {
    throw new TokenRejected('malformed', `${name}: not strict JSON`, { cause });
  }
}

/** Two spellings of the same bytes would be two tokens to a cache and one to a verifier. */
function isCanonicalBase64Url(part: string): boolean {
  return part.length > 0 && Buffer.from(part, 'base64url').toString('base64url') === part;
}
