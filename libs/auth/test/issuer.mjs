/**
 * A real issuer (`oidc-provider`) as a process of its own, for specs: everybody who comes is logged in as `login_hint`, and
 * consents. Told by `ISSUER_OPTIONS` (JSON: `{ origin, backchannelUrl }`); says its URL on the first line of its output, and obeys
 * `POST /test/…`, JSON in and out. Ends with its standard input.
 */
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const { origin, backchannelUrl } = JSON.parse(process.env.ISSUER_OPTIONS);
const settings = { refreshStatus: 200, refreshDelayMs: 0 };
let refreshes = 0;

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const address = `http://127.0.0.1:${server.address().port}`;
  const provider = makeProvider(address);
  const answer = provider.callback();
  server.on('request', (request, response) => {
    handle(provider, answer, request, response).catch(error =>
      response.writeHead(500).end(`${error.stack} ${error.cause}`),
    );
  });
  process.stdout.write(`${address}\n`);
});
process.stdin.on('end', () => process.exit()).resume();

function makeProvider(address) {
  const provider = new Provider(address, {
    clients: [
      {
        client_id: 'web',
        client_secret: 'web-secret-that-is-long-enough-for-everything',
        redirect_uris: [`${origin}/bff/callback`],
        post_logout_redirect_uris: [`${origin}/`],
        grant_types: ['authorization_code', 'refresh_token'],
        backchannel_logout_uri: backchannelUrl,
        backchannel_logout_session_required: true,
      },
    ],
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: true },
    },
    pkce: { required: () => true },
    // Its own refuses this machine's addresses.
    fetch: (url, { dispatcher: _, ...options }) => fetch(url, options),
    claims: { openid: ['sub', 'sid'], profile: ['name', 'tier'] },
    conformIdTokenClaims: false,
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: `Name of ${id}`, tier: 'gold' }) }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    ttl: {
      AccessToken: 300,
      RefreshToken: 3600,
      Session: 3600,
      Grant: 3600,
      Interaction: 600,
    },
    cookies: { keys: ['spec'] },
  });
  provider.proxy = false;
  return provider;
}

async function handle(provider, answer, request, response) {
  const path = request.url.split('?')[0];
  if (path.startsWith('/interaction/')) return interact(provider, request, response);
  if (path.startsWith('/test/')) return obey(provider, path.slice(6), request, response);
  if (path === '/token' && request.method === 'POST') {
    const body = await bodyOf(request);
    request.body = Object.fromEntries(new URLSearchParams(body));
    if (request.body.grant_type === 'refresh_token') {
      refreshes++;
      if (settings.refreshDelayMs > 0) await new Promise(resolve => setTimeout(resolve, settings.refreshDelayMs));
      if (settings.refreshStatus !== 200) return response.writeHead(settings.refreshStatus).end('unwell');
    }
  }
  return answer(request, response);
}

async function interact(provider, request, response) {
  const details = await provider.interactionDetails(request, response);
  if (details.prompt.name === 'login') {
    const accountId = details.params.login_hint ?? 'ann';
    return provider.interactionFinished(request, response, { login: { accountId } });
  }
  const grant = new provider.Grant({ accountId: details.session.accountId, clientId: details.params.client_id });
  grant.addOIDCScope('openid profile offline_access');
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}

async function obey(provider, command, request, response) {
  const body = JSON.parse((await bodyOf(request)) || '{}');
  const say = value => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  if (command === 'set') return say(Object.assign(settings, body));
  if (command === 'refreshes') return say({ refreshes });
  if (command === 'backchannel') {
    const client = await provider.Client.find('web');
    await client.backchannelLogout(body.subject, body.sid);
    return say({});
  }
  return response.writeHead(404).end();
}

async function bodyOf(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}
