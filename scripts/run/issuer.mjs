import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { atEnd } from '../process/children.mjs';
import { startSupervised } from '../process/supervised.mjs';
import { repository } from '../projects.mjs';

/** Where the running issuer's URL is kept for `npm run token`. */
const noteFile = join(repository, '.cache', 'run', 'issuer');

/**
 * Starts the example's issuer of identities. It is on 127.0.0.1 while browsers see the web BFF on localhost: two sites, as in
 * real life, so that SameSite cookies are what they are there.
 * @param {{ webPort: number, onDeath: (reason: string) => void }} options
 * @returns {Promise<{ issuer: string, pid: number, env: Record<string, string>, webEnv: Record<string, string> }>}
 *   env: what every BFF and service needs to believe its tokens; webEnv: what the web BFF needs to log browsers in
 */
export async function startIssuer({ webPort, onDeath }) {
  const secret = randomBytes(24).toString('base64url');
  const origin = `http://localhost:${webPort}`;
  const issuer = startSupervised({
    name: 'issuer',
    file: join('dist', 'examples', 'shop', 'services', 'issuer.js'),
    env: {
      PORT: '0',
      OIDC_CLIENT_SECRET: secret,
      WEB_ORIGINS: origin,
      WEB_BACKCHANNEL: `http://127.0.0.1:${webPort}/bff/backchannel`,
      // oidc-provider says that the example is one.
      NODE_NO_WARNINGS: '1',
    },
    onDeath,
  });
  const announced = JSON.parse(await issuer.firstLine);
  note(announced.issuer);
  return {
    issuer: announced.issuer,
    pid: issuer.child.pid,
    env: { AUTH_ISSUER: announced.issuer, AUTH_AUDIENCE: announced.audience },
    webEnv: {
      OIDC_CLIENT_ID: 'shop-web',
      OIDC_CLIENT_SECRET: secret,
      PUBLIC_ORIGIN: origin,
      INSECURE_LOCALHOST: 'true',
    },
  };
}

/** @returns {string | undefined} the URL of the issuer that runs, if one was started and not ended */
export function issuerInUse() {
  try {
    return readFileSync(noteFile, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function note(issuer) {
  mkdirSync(dirname(noteFile), { recursive: true });
  writeFileSync(noteFile, issuer);
  atEnd(() => rmSync(noteFile, { force: true }));
}
