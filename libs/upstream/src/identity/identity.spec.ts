import { inspect } from 'node:util';
import {
  BootProblems,
  type CallContext,
  Credentials,
  type Principal,
  runInContext,
  UpstreamError,
} from 'guichet/kernel';
import {
  delayed,
  exampleRequest,
  fakeUpstream,
  type FakeUpstream,
  layerContract,
  ManualStep,
  RecordingSink,
  reply,
} from 'guichet/testing';
import { firstValueFrom } from 'rxjs';
import { contextOf, type RigOptions, started, upstreamRig, type UpstreamRig } from '../../test/upstream-rig.js';
import { Attempt } from '../attempt.js';
import type { CallOptions } from '../call-options.js';
import type { StackCall } from '../stack-call.js';
import { HttpUpstream } from '../http-upstream.js';
import { IdentityLayer } from '../layers/identity.layer.js';
import { Upstream } from '../upstream.decorator.js';
import { type IdentitySubject, UpstreamIdentity } from './upstream-identity.js';

@Upstream('catalog')
class CatalogClient extends HttpUpstream {
  me(options: CallOptions<unknown> = {}) {
    return this.get('/me', options);
  }
}

/** Gives tokens that say what they are. */
class ToldIdentity extends UpstreamIdentity {
  readonly forgotten: string[] = [];
  service: () => string | Promise<string> = () => 'service-token';

  require(upstream: string, kind: string, problems: BootProblems): void {
    problems.add({ where: upstream, path: kind, message: 'is required', mend: '' });
  }
  serviceToken(): string | Promise<string> {
    return this.service();
  }
  forgetServiceToken(_: string, token: string): void {
    this.forgotten.push(token);
  }
  signedToken(upstream: string, { issuer, subject, claims }: IdentitySubject): string {
    return `${upstream}/${issuer}/${subject}/${Object.keys(claims).sort().join()}`;
  }
}

const ann: Principal = { issuer: 'https://id', subject: 'ann', claims: { tier: 'gold', iat: 1, exp: 2, sub: 'ann' } };

function as(principal: Principal | undefined, token?: string): CallContext {
  const context = contextOf();
  context.request.principal = principal;
  context.request.credentials = token === undefined ? undefined : new Credentials(token);
  return context;
}

describe('identity', () => {
  let catalog: FakeUpstream;
  let rig: UpstreamRig;
  let told: ToldIdentity;

  beforeEach(async () => {
    catalog = await fakeUpstream({ 'GET /me': ({ headers }) => ({ told: headers.authorization ?? null }) });
    told = new ToldIdentity();
  });

  afterEach(async () => {
    await rig?.close();
    await catalog.close();
  });

  async function client(options: RigOptions['defaults'] = {}): Promise<CatalogClient> {
    const overrides = { catalog: options };
    const problems = new BootProblems();
    told.require = (...args) => void args[2].add(...problems.all);
    rig = await upstreamRig([CatalogClient], { fakes: { catalog: [catalog] }, identity: told, overrides });
    return rig.app.get(CatalogClient);
  }

  const answerOf = (ask: CatalogClient, context: CallContext, options?: CallOptions<unknown>): Promise<unknown> =>
    firstValueFrom(ask.in(context).me(options));
  const failureOf = async (ask: CatalogClient, context: CallContext, options?: CallOptions<unknown>) => {
    const error = await answerOf(ask, context, options).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(UpstreamError);
    return error as UpstreamError;
  };

  it('is none unless it is declared, whoever is signed in', async () => {
    expect(await answerOf(await client(), as(ann, 'ann-token'))).toEqual({ told: null });
  });

  it.each([
    ['user', 'Bearer ann-token'],
    ['service', 'Bearer service-token'],
    ['signed', 'Bearer catalog/https://id/ann/tier'],
    ['none', null],
  ] as const)('%s sends %s, declared by the upstream or by the call', async (identity, expected) => {
    const byUpstream = await client({ identity, identityClaims: ['tier', 'email'] });
    expect(await answerOf(byUpstream, as(ann, 'ann-token'))).toEqual({ told: expected });
    await rig.close();
    const byCall = await client({ identityClaims: ['tier', 'email'], identity: 'service' });
    expect(await answerOf(byCall, as(ann, 'ann-token'), { identity })).toEqual({ told: expected });
  });

  it('sends none with a public call, whatever the upstream is declared as', async () => {
    const ask = await client({ identity: 'user' });
    expect(await answerOf(ask, as(ann, 'ann-token'), { public: true })).toEqual({ told: null });
    expect(() => ask.in(as(ann)).me({ public: true, identity: 'user' } as never)).toThrow(TypeError);
  });

  it.each(['Authorization', 'cookie', 'X-Identity'])('lets no call declare %s', async name => {
    const ask = await client();
    expect(() => ask.in(as(ann)).me({ headers: { [name]: 'x' } })).toThrow(/set by the framework/);
    await expect(firstValueFrom(ask.in(as(ann)).http.get('/me', { headers: { [name]: 'x' } }))).rejects.toThrow(
      /not possible/,
    );
    expect(catalog.requests).toEqual([]);
  });

  it('holds for axios code, too, which then has no credentials of its own', async () => {
    const ask = (await client({ identity: 'user' })).in(as(ann, 'ann-token'));
    const { data } = await firstValueFrom(ask.http.get<unknown>('/me'));
    expect(data).toEqual({ told: 'Bearer ann-token' });
    const auth = { username: 'a', password: 'b' };
    await expect(firstValueFrom(ask.http.get('/me', { auth }))).rejects.toThrow(/"auth" is not possible/);
  });

  describe('when nobody is signed in', () => {
    it.each(['user', 'signed'] as const)('fails a %s call before anything is sent', async identity => {
      const ask = await client({ identity });
      expect(await failureOf(ask, as(undefined))).toMatchObject({ code: 'identity-missing', upstream: 'catalog' });
      expect(catalog.requests).toEqual([]);
    });

    it.each(['user', 'signed'] as const)('sends a %s call without, where that is declared', async identity => {
      const ask = await client({ identity, allowsAnonymous: true });
      expect(await answerOf(ask, as(undefined))).toEqual({ told: null });
      expect(await answerOf(ask, as(ann, 'ann-token'))).not.toEqual({ told: null });
    });
  });

  describe('of the app itself', () => {
    it('is waited for where it must be fetched, and shown by every attempt', async () => {
      told.service = () => Promise.resolve('fetched');
      const ask = await client({ identity: 'service' });
      expect(await answerOf(ask, as(undefined))).toEqual({ told: 'Bearer fetched' });
    });

    it('fails the call as its error says', async () => {
      const error = new UpstreamError('identity-unavailable', 'catalog', 'no token');
      const ask = await client({ identity: 'service' });
      told.service = () => Promise.reject(error);
      expect(await failureOf(ask, as(undefined))).toBe(error);
      told.service = () => {
        throw error;
      };
      expect(await failureOf(ask, as(undefined))).toBe(error);
      expect(catalog.requests).toEqual([]);
    });

    it('sends nothing for a caller that left while it was fetched', async () => {
      let give!: (token: string) => void;
      told.service = () => new Promise(resolve => (give = resolve));
      const ask = await client({ identity: 'service' });
      started(ask.in(as(undefined)).me()).handle.cancel();
      give('late');
      await new Promise(setImmediate);
      told.service = () => 'next';
      expect(await answerOf(ask, as(undefined))).toEqual({ told: 'Bearer next' });
      expect(catalog.requests).toHaveLength(1);
    });

    it('is not shown again after a 401', async () => {
      catalog.on('GET /me', () => reply(401, {}));
      const ask = await client({ identity: 'service' });
      expect(await failureOf(ask, as(undefined))).toMatchObject({ code: 'upstream-status', status: 401 });
      expect(told.forgotten).toEqual(['service-token']);
      catalog.on('GET /me', () => reply(403, {}));
      await failureOf(ask, as(undefined));
      expect(told.forgotten).toHaveLength(1);
    });
  });

  describe('key', () => {
    const keyOf = (ask: CatalogClient, context: CallContext, options?: CallOptions<unknown>) =>
      (ask.in(context).me(options) as unknown as StackCall<unknown>).request.identityKey;
    const like = (claims: object, subject = 'ann', issuer = 'https://id'): Principal => ({
      issuer,
      subject,
      claims: { ...claims },
    });

    it('is empty where no identity is sent, and undefined where nobody may share', async () => {
      const ask = await client({ identity: 'user' });
      expect(keyOf(ask, as(ann, 't'), { public: true })).toBe('');
      expect(keyOf(ask, as(ann, 't'), { identity: 'none' })).toBe('');
      expect(keyOf(ask, as(undefined, 't'))).toBeUndefined();
      expect(keyOf(ask, as(undefined))).toBeUndefined();
    });

    it('tells apart who and what is told, and holds no token', async () => {
      const ask = await client({ identityClaims: ['tier'] });
      const key = (principal: Principal, identity: 'user' | 'signed') =>
        keyOf(ask, as(principal, 'secret-token'), { identity });
      const gold = { tier: 'gold' };
      for (const identity of ['user', 'signed'] as const) {
        const all = [
          key(like(gold), identity),
          key(like(gold, 'bob'), identity),
          key(like(gold, 'ann', 'https://other'), identity),
          key(like({ tier: 'basic' }), identity),
        ];
        expect(new Set(all).size).toBe(4);
        for (const text of all) expect(text).not.toContain('secret-token');
      }
      expect(key(like(gold), 'user')).not.toBe(key(like(gold), 'signed'));
    });

    it('is the same for another token that says the same', async () => {
      const ask = await client({ identity: 'user', identityClaims: ['tier'] });
      const first = like({ tier: 'gold', iat: 1, exp: 2, jti: 'a' });
      const second = like({ tier: 'gold', iat: 5, exp: 9, jti: 'b' });
      expect(keyOf(ask, as(first, 't1'))).toBe(keyOf(ask, as(second, 't2')));
      const more = like({ tier: 'gold', scope: 'admin' });
      expect(keyOf(ask, as(more, 't3'))).not.toBe(keyOf(ask, as(first, 't1')));
      // What is not told does not divide.
      expect(keyOf(ask, as(more, 't3'), { identity: 'signed' })).toBe(
        keyOf(ask, as(first, 't1'), { identity: 'signed' }),
      );
    });
  });

  it('keeps 100 users apart that call at the same time', async () => {
    catalog.on('GET /me', ({ headers }) => delayed(1, reply(200, { told: headers.authorization })));
    const ask = await client({ identity: 'user', maxConnections: 150, maxConcurrent: 300 });
    const users = Array.from({ length: 100 }, (_, i) => `user-${i}`);
    const answers = await Promise.all(
      users.map(subject => {
        const context = as({ issuer: 'https://id', subject, claims: {} }, `token-of-${subject}`);
        const calls = (['user', 'signed', 'user'] as const).map(identity =>
          runInContext(context, () => firstValueFrom(ask.me({ identity }))),
        );
        return Promise.all(calls);
      }),
    );
    expect(answers).toEqual(
      users.map(subject =>
        [`token-of-${subject}`, `catalog/https://id/${subject}/`, `token-of-${subject}`].map(token => ({
          told: `Bearer ${token}`,
        })),
      ),
    );
  });

  it('shows no token to whoever looks at a request', async () => {
    const ask = await client({ identity: 'user' });
    for (const identity of ['user', 'service'] as const) {
      const call = ask.in(as(ann, 'secret-token')).me({ identity }) as unknown as StackCall<unknown>;
      told.service = () => 'secret-token';
      await firstValueFrom(call);
      const written = inspect(call.request, { depth: 9, showHidden: true }) + JSON.stringify(call.request.identity);
      expect(written).not.toContain('secret-token');
    }
  });
});

describe('checking at boot', () => {
  it.each(['service', 'signed'] as const)('wants a provider of tokens for %s', async identity => {
    const boot = upstreamRig([CatalogClient], { defaults: { identity } });
    await expect(boot).rejects.toThrow(/upstream catalog · identity.*OutgoingIdentityModule/s);
  });

  it('lets the provider say what it lacks', async () => {
    const boot = upstreamRig([CatalogClient], { defaults: { identity: 'signed' }, identity: new ToldIdentity() });
    await expect(boot).rejects.toThrow(/catalog · signed: is required/);
  });

  it('refuses a claim that is the token’s own', async () => {
    const boot = upstreamRig([CatalogClient], { defaults: { identityClaims: ['sub'] } });
    await expect(boot).rejects.toThrow(/identityClaims\.0\): is a claim of the token itself/);
  });
});

const identity = { key: 'k', prepare: () => undefined, header: () => 'Bearer x', refused: () => {} };

layerContract('IdentityLayer', () => ({
  layer: {
    name: 'identity',
    wrap: next => {
      const step = new IdentityLayer().wrap(next);
      return { start: ({ request }, sink) => step.start(new Attempt({ ...request, identity }), sink) };
    },
  },
  held: () => 0,
}));

it('passes on what it lets in at once, without a promise', () => {
  const seen: unknown[] = [];
  const step = new IdentityLayer().wrap({
    start: (_, sink) => {
      sink.succeed('value');
      return { cancel() {} };
    },
  });
  step.start(new Attempt(exampleRequest({ identity, identityKey: 'k' })), {
    succeed: value => void seen.push(value),
    fail: error => void seen.push(error),
  });
  expect(seen).toEqual(['value']);
});

it('does not even start what is inside for a caller that left while it waited', async () => {
  let ready!: () => void;
  const waiting = { ...identity, prepare: () => new Promise<void>(resolve => (ready = resolve)) };
  const inside = new ManualStep();
  const request = exampleRequest({ identity: waiting, identityKey: 'k' });
  new IdentityLayer().wrap(inside).start(new Attempt(request), new RecordingSink()).cancel();
  ready();
  await new Promise(setImmediate);
  expect(inside.started).toHaveLength(0);
});
