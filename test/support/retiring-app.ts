import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { builtFixture } from './built-fixture.js';
import { request } from './http.js';
import { Program } from './program.js';
import { scratchFolder } from './services.js';

const secret = randomBytes(32);

/** The built app of `retiring-app.ts.fixture`, running. */
export interface RetiringApp {
  readonly url: string;
  /** `http://127.0.0.1:41235/inspector/` */
  readonly inspector: string;
  /**
   * Asks as a program: `client` vouched for by the issuer, `version` as it says. @returns the status
   */
  ask(path: string, as?: { readonly client?: string; readonly version?: string }): Promise<number>;
  end(): Promise<void>;
}

/** Starts it, with the upstreams it asks. */
export async function startRetiringApp(): Promise<RetiringApp> {
  const upstream = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"told":"a"}');
  });
  await once(upstream.listen(0, '127.0.0.1'), 'listening');
  const address = `127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const file = join(scratchFolder(), 'upstreams.json');
  writeFileSync(file, JSON.stringify({ pricing: [address], legacy: [address] }));
  const program = new Program('retiring', builtFixture('retiring-app'), {
    env: {
      PORT: '0',
      MANAGEMENT_PORT: '0',
      DISCOVERY: 'static',
      UPSTREAMS_FILE: file,
      HMAC_SECRET: secret.toString('base64'),
    },
  });
  const listening = await program.message<{ type: 'listening'; port: number; managementPort: number }>('listening');
  const url = `http://127.0.0.1:${listening.port}`;
  return {
    url,
    inspector: `http://127.0.0.1:${listening.managementPort}/inspector/`,
    ask: async (path, { client, version } = {}) => {
      const headers = {
        ...(client !== undefined && { Authorization: `Bearer ${tokenOf(client)}` }),
        ...(version !== undefined && { 'X-App-Version': version }),
      };
      return (await request(url + path, { headers })).status;
    },
    end: async () => {
      await program.end();
      await closed(upstream);
    },
  };
}

/** @returns an access token that was given to a program */
function tokenOf(client: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1_000);
  const claims = { iss: 'https://id.example', aud: 'retiring', sub: 'ann', iat: now, exp: now + 600, jti: client };
  const input = `${part({ alg: 'HS256', typ: 'at+jwt' })}.${part({ ...claims, client_id: 'test', azp: client })}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
