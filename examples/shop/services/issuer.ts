/**
 * The example's issuer of identities, as a process of its own. Loopback only, nobody has a password, tokens are given to whoever
 * asks: an example, never a service.
 *
 * - Environment: `issuer/settings.ts`.
 * - One line of JSON on stdout when it listens: `{"issuer":"http://127.0.0.1:41234","audience":"urn:shop:bff"}`.
 * - `POST /developer/token`, `customer=c3&expires_in=60` → `{"access_token":"…","token_type":"Bearer"}`.
 * - `GET /developer/refreshes` → `{"refreshes":1}`: how often a refresh token was taken.
 * - `SIGTERM` or `SIGINT`: the end.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Provider } from 'oidc-provider';
import { developerToken } from './issuer/developer-token.js';
import { loginPage } from './issuer/login-page.js';
import { exampleProvider } from './issuer/provider.js';
import { AUDIENCE, issuerSettings } from './issuer/settings.js';

const MAX_FORM_BYTES = 1_000;

const server = createServer();
let refreshes = 0;

function run(): void {
  const settings = issuerSettings(process.env);
  server.once('error', error => leave(`the issuer cannot listen: ${error.message}`));
  server.listen(settings.port, settings.host, () => {
    const issuer = settings.url ?? `http://${settings.host}:${(server.address() as AddressInfo).port}`;
    const provider = exampleProvider(issuer, settings);
    const others = provider.callback();
    provider.on('grant.success', ({ oidc }) => {
      if (oidc.params?.['grant_type'] === 'refresh_token') refreshes++;
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      route(provider, request, response).then(
        isAnswered => (isAnswered ? undefined : others(request, response)),
        (error: Error) => void response.writeHead(400, { 'content-type': 'text/plain' }).end(`${error.message}\n`),
      );
    });
    process.stdout.write(`${JSON.stringify({ issuer, audience: AUDIENCE })}\n`);
  });
  process.once('SIGTERM', () => process.exit(0));
  process.once('SIGINT', () => process.exit(0));
}

/** @returns whether it was one of the issuer's own doors; everything else is the protocol's */
async function route(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const [path] = request.url!.split('?') as [string];
  const [, uid, isChoice] = /^\/interaction\/([\w-]{1,64})(\/login)?$/.exec(path) ?? [];
  if (uid !== undefined && isChoice === undefined && request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(loginPage(uid));
    return true;
  }
  if (uid !== undefined && isChoice !== undefined && request.method === 'POST') {
    const accountId = (await formOf(request)).get('customer') ?? '';
    await provider.interactionFinished(request, response, { login: { accountId } });
    return true;
  }
  if (path === '/developer/refreshes' && request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ refreshes }));
    return true;
  }
  if (path === '/developer/token' && request.method === 'POST') {
    const form = await formOf(request);
    const token = await developerToken(
      provider,
      form.get('customer') ?? '',
      form.has('expires_in') ? Number(form.get('expires_in')) : undefined,
    );
    const [status, body] = token
      ? [200, { access_token: token, token_type: 'Bearer' }]
      : [404, { error: 'there is no such customer: customer=c1 to c200' }];
    response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
    return true;
  }
  return false;
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk as string;
    if (text.length > MAX_FORM_BYTES) throw new Error('the form is too long');
  }
  return new URLSearchParams(text);
}

function leave(reason: string): never {
  console.error(reason);
  process.exit(1);
}

try {
  run();
} catch (error) {
  leave((error as Error).message);
}
