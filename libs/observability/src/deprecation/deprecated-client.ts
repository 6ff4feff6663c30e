import type { IncomingMessage } from 'node:http';
import type { RequestContext } from 'guichet/kernel';

/** Who still uses what is deprecated, as far as it can be said in two short labels. */
export interface DeprecatedClient {
  /** The program, by its verified token: `azp`, else `client_id`; `none` for nobody signed in, `unknown` where a token does not say. */
  readonly client: string;
  /** Its version by `X-App-Version`, major and minor: `2.10`; `none` where it says none. Anybody may say anything there. */
  readonly version: string;
  /** Whether an issuer vouches for `client`. */
  readonly isKnown: boolean;
}

const NAME = /^[\x21-\x7e]{1,64}$/;
const VERSION = /^(\d{1,3})(?:\.(\d{1,3}))?(?:\.\d{1,6})?(?:[-+].{0,64})?$/;

/** Finds out who asks: no more than a few bytes of what is sent get into a label. */
export function deprecatedClient({ principal }: RequestContext, { headers }: IncomingMessage): DeprecatedClient {
  const version = versionOf(headers['x-app-version']);
  if (principal === undefined) return { client: 'none', version, isKnown: false };
  const named = principal.claims['azp'] ?? principal.claims['client_id'];
  const isNamed = typeof named === 'string' && NAME.test(named);
  return { client: isNamed ? named : 'unknown', version, isKnown: isNamed };
}

function versionOf(sent: string | string[] | undefined): string {
  const [, major, minor = '0'] = typeof sent === 'string' ? (VERSION.exec(sent) ?? []) : [];
  return major === undefined ? 'none' : `${Number(major)}.${Number(minor)}`;
}
