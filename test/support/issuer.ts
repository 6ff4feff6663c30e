import { Program } from './program.js';
import { request } from './http.js';

const secret = 'a-secret-of-the-tests-that-is-long-enough';

/** A running issuer of the example, on 127.0.0.1. */
export interface Issuer {
  /** `http://127.0.0.1:41234` */
  readonly url: string;
  readonly program: Program;
  /** What every BFF needs to believe its tokens. */
  readonly env: Readonly<Record<string, string>>;
  /** What a web BFF, seen by browsers at `http://localhost:<webPort>`, needs to log them in. */
  webEnv(webPort: number): Readonly<Record<string, string>>;
  /** @returns how often a refresh token was taken */
  refreshes(): Promise<number>;
  /** @returns a customer's access token; the same one until it is asked for another life */
  token(customerId: string, expiresInS?: number): Promise<string>;
}

/**
 * Starts the example's issuer.
 * @param webPorts  of the web BFFs that may log browsers in by it, all seen at `localhost`
 */
export async function startIssuer(
  webPorts: readonly number[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Issuer> {
  const [backchannelPort] = webPorts;
  const program = new Program('issuer', 'dist/examples/shop/services/issuer.js', {
    env: {
      PORT: '0',
      ...env,
      OIDC_CLIENT_SECRET: secret,
      WEB_ORIGINS: webPorts.length > 0 ? webPorts.map(originOf).join() : originOf(1),
      WEB_BACKCHANNEL:
        backchannelPort === undefined ? undefined : `http://127.0.0.1:${backchannelPort}/bff/backchannel`,
    },
  });
  const { issuer: url, audience } = JSON.parse(await program.firstLine()) as { issuer: string; audience: string };
  const tokens = new Map<string, Promise<string>>();
  return {
    url,
    program,
    env: { AUTH_ISSUER: url, AUTH_AUDIENCE: audience },
    webEnv: webPort => ({
      OIDC_CLIENT_ID: 'shop-web',
      OIDC_CLIENT_SECRET: secret,
      PUBLIC_ORIGIN: originOf(webPort),
      INSECURE_LOCALHOST: 'true',
    }),
    refreshes: async () => ((await request(`${url}/developer/refreshes`)).json() as { refreshes: number }).refreshes,
    token: (customerId, expiresInS) => {
      const key = `${customerId} ${expiresInS ?? ''}`;
      if (!tokens.has(key)) tokens.set(key, askForToken(url, customerId, expiresInS));
      return tokens.get(key)!;
    },
  };
}

/** Where browsers see a web BFF: another site than the issuer's. */
export function originOf(webPort: number): string {
  return `http://localhost:${webPort}`;
}

async function askForToken(url: string, customer: string, expiresInS?: number): Promise<string> {
  const form = new URLSearchParams({ customer, ...(expiresInS !== undefined && { expires_in: String(expiresInS) }) });
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const answer = await request(`${url}/developer/token`, { method: 'POST', headers, form: String(form) });
  return (answer.json() as { access_token: string }).access_token;
}
