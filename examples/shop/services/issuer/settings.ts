/** What the access tokens of the example are for: `AUTH_AUDIENCE` of both BFFs. */
export const AUDIENCE = 'urn:shop:bff';

/** The clients of the example's issuer. */
export const CLIENTS = { web: 'shop-web', mobile: 'shop-mobile' } as const;

/** What the issuer reads from its environment. */
export interface IssuerSettings {
  /** `PORT`: 0 or unset is any free one. */
  readonly port: number;
  /** `HOST` */
  readonly host: string;
  /** `ISSUER_URL`: its own name, as browsers and BFFs know it, when that is not where it listens. */
  readonly url: string | undefined;
  /** `WEB_ORIGINS`: where browsers see the web BFF, separated by commas. */
  readonly webOrigins: readonly string[];
  /** `WEB_BACKCHANNEL`: where the issuer itself reaches the web BFF, to say that somebody logged out. */
  readonly webBackchannel: string | undefined;
  /** `ACCESS_TOKEN_S`: seconds an access token of a login lives; 300 unless set. */
  readonly accessTokenS: number;
  /** `OIDC_CLIENT_SECRET` of the web BFF. */
  readonly webSecret: string;
}

/** @throws Error  one line, if something is missing */
export function issuerSettings(env: NodeJS.ProcessEnv): IssuerSettings {
  const webSecret = env['OIDC_CLIENT_SECRET'];
  if (!webSecret) throw new Error('OIDC_CLIENT_SECRET is missing: the secret that the web BFF shows to the issuer');
  return {
    port: Number(env['PORT'] ?? 0),
    host: env['HOST'] ?? '127.0.0.1',
    url: env['ISSUER_URL'] || undefined,
    webOrigins: (env['WEB_ORIGINS'] ?? 'http://localhost:3000').split(','),
    webBackchannel: env['WEB_BACKCHANNEL'] || undefined,
    accessTokenS: Number(env['ACCESS_TOKEN_S'] ?? 300),
    webSecret,
  };
}
