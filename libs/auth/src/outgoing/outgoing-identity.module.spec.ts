import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { InstanceSource, StaticSource } from 'guichet/discovery';
import { BootError, type CallContext, Credentials, type Principal, UpstreamError } from 'guichet/kernel';
import { fakeUpstream, type FakeUpstream, reply } from 'guichet/testing';
import { detachedContext, HttpUpstream, type IdentityKind, Upstream, UpstreamModule } from 'guichet/upstream';
import { firstValueFrom } from 'rxjs';
import { AuthModule } from '../auth.module.js';
import { JwtVerifier } from '../bearer/jwt.verifier.js';
import { RemoteKeySet } from '../bearer/remote-key-set.js';
import { IdentityGuard } from '../identity.guard.js';
import { OutgoingIdentityModule, type OutgoingIdentityOptions } from './outgoing-identity.module.js';

@Upstream('pricing', { identityClaims: ['tier'] })
class PricingClient extends HttpUpstream {
  quote(identity: IdentityKind) {
    return this.get('/quote', { identity });
  }
}

@Controller()
class Guarded {
  @Get('guarded')
  get(): object {
    return {};
  }
}

/** An issuer as far as the client credentials grant goes. */
class TokenIssuer {
  readonly asked: URLSearchParams[] = [];
  answer: (n: number) => { status: number; body: object } | undefined = n => ({
    status: 200,
    body: { access_token: `service-${n}`, token_type: 'Bearer', expires_in: 3_600 },
  });
  private readonly server: Server = createServer((request, response) => {
    const send = (status: number, body: object): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url !== '/token') {
      return send(200, { issuer: this.url, token_endpoint: `${this.url}/token`, jwks_uri: `${this.url}/jwks` });
    }
    let text = '';
    request.on('data', chunk => (text += String(chunk)));
    request.on('end', () => {
      this.asked.push(new URLSearchParams(text));
      const answer = this.answer(this.asked.length);
      if (answer) send(answer.status, answer.body);
    });
  });

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
  async start(): Promise<this> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return this;
  }
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await once(this.server.close(), 'close');
  }
}

const ISSUER = 'https://shop.example';
const ann: Principal = { issuer: 'https://id.example', subject: 'ann', claims: { tier: 'gold', email: 'a@b' } };

function as(principal: Principal): CallContext {
  const context = detachedContext({ deadlineMs: 5_000 });
  context.request.principal = principal;
  context.request.credentials = new Credentials('own-token');
  return context;
}

describe('OutgoingIdentityModule', () => {
  let pricing: FakeUpstream;
  let issuer: TokenIssuer;
  const apps: INestApplication[] = [];

  beforeAll(async () => {
    pricing = await fakeUpstream({ 'GET /quote': ({ headers }) => ({ told: headers.authorization }) });
  });
  beforeEach(async () => {
    issuer = await new TokenIssuer().start();
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
    await issuer.stop();
  });
  afterAll(() => pricing.close());

  async function appOf(options: OutgoingIdentityOptions, upstream: { identity?: IdentityKind } = {}) {
    const source = new StaticSource({ services: { pricing: [`127.0.0.1:${pricing.port}`] } });
    @Module({ providers: [{ provide: InstanceSource, useValue: source }], exports: [InstanceSource] })
    class SourceModule {}
    const testing = await Test.createTestingModule({
      imports: [
        AuthModule.forRoot({ issuer: 'https://id.example', audience: 'bff', jwksUri: `${issuer.url}/none` }),
        OutgoingIdentityModule.forRoot(options),
        UpstreamModule.forRoot({ clients: [PricingClient], imports: [SourceModule], defaults: upstream }),
      ],
      controllers: [Guarded],
      providers: [{ provide: APP_GUARD, useClass: IdentityGuard }],
    }).compile();
    const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    app.useLogger(false);
    await app.listen(0, '127.0.0.1');
    apps.push(app);
    const ask = async (identity: IdentityKind, principal = ann): Promise<string> => {
      const answer = await firstValueFrom(app.get(PricingClient).in(as(principal)).quote(identity));
      return (answer as { told: string }).told;
    };
    return { app, ask, url: await app.getUrl() };
  }

  const service = () => ({ issuer: issuer.url, clientId: 'bff', clientSecret: 's3cret', scopes: ['quote'] });

  it('signs who asks with keys that upstreams find under /.well-known, whoever may come in elsewhere', async () => {
    const { ask, url } = await appOf({ issuer: ISSUER });
    const told = await ask('signed');
    const keys = new RemoteKeySet({
      issuer: ISSUER,
      jwksUri: `${url}/.well-known/jwks.json`,
      cooldownMs: 1,
      maxAgeMs: 1e6,
    });
    const options = { issuer: ISSUER, audience: 'pricing', algorithms: ['ES256'], clockToleranceS: 5, maxBytes: 8_192 };
    const { principal } = await new JwtVerifier(options, keys).verify(told.slice('Bearer '.length));
    expect(principal.subject).toBe('ann');
    expect(principal.claims).toMatchObject({ tier: 'gold' });
    expect(principal.claims).not.toHaveProperty('email');
    expect((await fetch(`${url}/guarded`)).status).toBe(401);
    const published = await fetch(`${url}/.well-known/jwks.json`);
    expect(published.headers.get('cache-control')).toBe('public, max-age=300');
    expect(await published.text()).not.toMatch(/"d":/);
  });

  it('gets tokens of its own from the issuer', async () => {
    const { ask } = await appOf({ service: service() }, { identity: 'service' });
    const told = await Promise.all(Array.from({ length: 20 }, () => ask('service')));
    expect(new Set(told)).toEqual(new Set(['Bearer service-1']));
    expect(issuer.asked.map(asked => Object.fromEntries(asked))).toEqual([
      { grant_type: 'client_credentials', scope: 'quote' },
    ]);
  });

  it('passes the caller’s own token on', async () => {
    const { ask } = await appOf({});
    expect(await ask('user')).toBe('Bearer own-token');
  });

  it.each([
    ['hangs', () => undefined, /longer than 150 ms/],
    [
      'says no',
      () => ({ status: 400, body: { error: 'invalid_client', error_description: 's3cret' } }),
      /invalid_client/,
    ],
    ['is unwell', () => ({ status: 500, body: {} }), /no token/],
    ['gives no token', () => ({ status: 200, body: { token_type: 'bearer' } }), /no token/],
    ['binds the token to a key', () => ({ status: 200, body: { access_token: 't', token_type: 'DPoP' } }), /no token/],
  ])('fails a call as identity-unavailable when the issuer %s', async (_, answer, message) => {
    issuer.answer = answer;
    const { ask } = await appOf({ service: { ...service(), timeoutMs: 150 } });
    const before = pricing.requests.length;
    const error = await ask('service').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UpstreamError);
    expect(error).toMatchObject({ code: 'identity-unavailable', upstream: 'pricing' });
    expect(String(error)).toMatch(message);
    expect(String(error)).not.toContain('s3cret');
    expect(pricing.requests).toHaveLength(before);
  });

  it('fetches another token after a 401', async () => {
    const { ask } = await appOf({ service: service() });
    expect(await ask('service')).toBe('Bearer service-1');
    pricing.on('GET /quote', () => reply(401, {}));
    // A token that is a second old is replaced; this one is new, and is not.
    await expect(ask('service')).rejects.toMatchObject({ status: 401 });
    pricing.on('GET /quote', ({ headers }) => ({ told: headers.authorization }));
    expect(await ask('service')).toBe('Bearer service-1');
  });

  it('keeps 100 callers apart', async () => {
    const { ask } = await appOf({ issuer: ISSUER });
    const users = Array.from({ length: 100 }, (_, i) => `user-${i}`);
    const told = await Promise.all(users.map(subject => ask('signed', { ...ann, subject })));
    const subjects = told.map(
      token => (JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { sub: string }).sub,
    );
    expect(subjects).toEqual(users);
  });

  describe('at boot', () => {
    const problemsOf = async (options: OutgoingIdentityOptions, identity: IdentityKind): Promise<string> => {
      const error = await appOf(options, { identity }).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(BootError);
      return (error as Error).message;
    };

    it('wants a key and a name in production, where an upstream is told by signature', async () => {
      const said = await problemsOf({ production: true }, 'signed');
      expect(said).toMatch(/SIGNING_KEY: there is no key to sign with, and "pricing" needs it/);
      expect(said).toMatch(/SIGNING_ISSUER/);
      await appOf({ production: true }, { identity: 'user' });
    });

    it('makes a key outside production', async () => {
      const { url } = await appOf({}, { identity: 'signed' });
      const { keys } = (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as { keys: unknown[] };
      expect(keys).toHaveLength(1);
    });

    it('wants a client for tokens of the app', async () => {
      expect(await problemsOf({}, 'service')).toMatch(/service: the app has no client at the issuer/);
    });

    it('names what is wrong with a key, and not the key', async () => {
      const said = await problemsOf({ signingKey: '{"kty":"OKP","d":"s3cret"}' }, 'signed');
      expect(said).toMatch(/SIGNING_KEY: holds a key that cannot be read/);
      expect(said).not.toContain('s3cret');
    });

    it.each([
      [{ lifetimeS: 61 }, /lifetimeS/],
      [{ service: { issuer: 'http://id.example', clientId: 'a', clientSecret: 'b' } }, /neither https nor on loopback/],
      [{ service: { clientId: 'a' } }, /AUTH_ISSUER/],
      [{ nonsense: true } as object, /unknown option/],
    ])('refuses %j', async (options, message) => {
      await expect(appOf(options as OutgoingIdentityOptions)).rejects.toThrow(message);
    });
  });
});
