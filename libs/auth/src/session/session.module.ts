import { type DynamicModule, Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { BootProblems, Clock, readOptions, systemClock } from 'guichet/kernel';
import { Metrics } from 'guichet/observability';
import type { z } from 'zod';
import { RemoteKeySet } from '../bearer/remote-key-set.js';
import { CsrfGuard } from '../csrf/csrf.guard.js';
import { KeySetMetrics } from '../metrics/key-set-metrics.js';
import { SessionMetrics } from '../metrics/session-metrics.js';
import { BffController } from './bff.controller.js';
import { SessionCookies } from './cookies.js';
import { LogoutTokenVerifier } from './logout-token.verifier.js';
import { MemorySessionStore } from './memory-session.store.js';
import { OidcClient } from './oidc.client.js';
import { RedisSessionStore } from './redis-session.store.js';
import { SessionStore } from './session-store.js';
import { SESSION_OPTIONS, type SessionOptions, sessionOptions } from './session.options.js';
import { Sessions } from './sessions.js';
import { TokenRefresher } from './token-refresher.js';

/** Options as an app writes them; the environment's variables go before them. */
export type SessionModuleOptions = Partial<z.input<typeof sessionOptions>>;

const ORIGINS = {
  issuer: 'AUTH_ISSUER',
  clientId: 'OIDC_CLIENT_ID',
  clientSecret: 'OIDC_CLIENT_SECRET',
  origin: 'PUBLIC_ORIGIN',
  redisUrl: 'REDIS_URL',
  store: 'SESSION_STORE',
  insecureLocalhost: 'INSECURE_LOCALHOST',
} as const;

/**
 * Logs browsers in, and keeps their tokens on the server: the doors under `/bff`, the sessions that `IdentityGuard` knows, and
 * what `CsrfGuard` works with.
 */
@Module({})
export class SessionModule implements OnApplicationShutdown {
  constructor(@Inject(SessionStore) private readonly store: SessionStore) {}

  /**
   * @param options  `AUTH_ISSUER`, `OIDC_CLIENT_ID`, `OIDC_CLIENT_SECRET`, `PUBLIC_ORIGIN`, `REDIS_URL`, `SESSION_STORE` and
   *   `INSECURE_LOCALHOST` of the environment go before them
   */
  static forRoot(options: SessionModuleOptions = {}): DynamicModule {
    return {
      module: SessionModule,
      global: true,
      controllers: [BffController],
      providers: [
        {
          provide: SESSION_OPTIONS,
          inject: [{ token: BootProblems, optional: true }],
          useFactory: (problems?: BootProblems) =>
            readOptions('session', sessionOptions, { ...options, ...fromEnvironment() }, problems, ORIGINS),
        },
        {
          provide: SessionCookies,
          inject: [SESSION_OPTIONS],
          useFactory: (settings: SessionOptions) => new SessionCookies(settings),
        },
        { provide: SessionStore, inject: [SESSION_OPTIONS, { token: Clock, optional: true }], useFactory: makeStore },
        {
          provide: SessionMetrics,
          inject: [SessionStore, { token: Metrics, optional: true }],
          useFactory: (store: SessionStore, metrics?: Metrics) => metrics && new SessionMetrics(metrics, store),
        },
        {
          provide: LogoutTokenVerifier,
          inject: [SESSION_OPTIONS, { token: Clock, optional: true }, { token: Metrics, optional: true }],
          useFactory: makeLogoutTokens,
        },
        OidcClient,
        TokenRefresher,
        Sessions,
        CsrfGuard,
      ],
      exports: [SESSION_OPTIONS, SessionCookies, SessionStore, Sessions, CsrfGuard],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.store.close();
  }
}

function fromEnvironment(): Record<string, unknown> {
  const set = Object.entries(ORIGINS).map(([option, variable]) => [option, process.env[variable]] as const);
  return {
    ...Object.fromEntries(set.filter(([, value]) => value !== undefined && value !== '')),
    production: process.env['NODE_ENV'] === 'production',
  };
}

function makeStore(options: SessionOptions, clock: Clock = systemClock): SessionStore {
  if (options.store !== 'memory' && options.redisUrl !== undefined) {
    return new RedisSessionStore({
      url: options.redisUrl,
      prefix: 'guichet:sessions',
      commandTimeoutMs: options.redisTimeoutMs,
    });
  }
  new Logger('Session').log(
    'sessions are in memory: for one replica, and they end with it (set REDIS_URL to share them)',
  );
  return new MemorySessionStore(clock);
}

function makeLogoutTokens(
  options: SessionOptions,
  clock: Clock = systemClock,
  metrics: Metrics | undefined = undefined,
): LogoutTokenVerifier {
  const keys = new RemoteKeySet(
    { issuer: options.issuer, cooldownMs: 30_000, maxAgeMs: 600_000, log: new Logger('Session') },
    clock,
  );
  if (metrics) KeySetMetrics.of(metrics).watch('logout-tokens', keys);
  return new LogoutTokenVerifier(options.issuer, options.clientId, keys, clock);
}
