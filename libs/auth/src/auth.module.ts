import { type DynamicModule, Inject, Logger, Module, type OnModuleInit } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { BootProblems, Clock, readOptions, systemClock } from 'guichet/kernel';
import { Metrics } from 'guichet/observability';
import type { z } from 'zod';
import { BEARER_OPTIONS, type BearerOptions, bearerOptions } from './auth.options.js';
import { BearerStrategy } from './bearer/bearer.strategy.js';
import { CachingVerifier } from './bearer/caching.verifier.js';
import { JwtVerifier } from './bearer/jwt.verifier.js';
import { KeySet } from './bearer/key-set.js';
import { RemoteKeySet } from './bearer/remote-key-set.js';
import { SecretKeySet } from './bearer/secret-key-set.js';
import { BearerMetrics } from './metrics/bearer-metrics.js';
import { KeySetMetrics } from './metrics/key-set-metrics.js';
import { TokenVerifier } from './bearer/token-verifier.js';

/** Options as an app writes them; the environment's variables go before them. */
export type AuthModuleOptions = Partial<z.input<typeof bearerOptions>>;

const ORIGINS = { issuer: 'AUTH_ISSUER', audience: 'AUTH_AUDIENCE', jwksUri: 'AUTH_JWKS_URI' } as const;

/** Tells who asks: provides what `IdentityGuard` works with. */
@Module({})
export class AuthModule implements OnModuleInit {
  constructor(@Inject(KeySet) private readonly keys: KeySet) {}

  /** @param options  `AUTH_ISSUER`, `AUTH_AUDIENCE` and `AUTH_JWKS_URI` of the environment go before them */
  static forRoot(options: AuthModuleOptions = {}): DynamicModule {
    return {
      module: AuthModule,
      global: true,
      imports: [PassportModule],
      providers: [
        {
          provide: BEARER_OPTIONS,
          inject: [{ token: BootProblems, optional: true }],
          useFactory: (problems?: BootProblems) =>
            readOptions('auth', bearerOptions, { ...options, ...fromEnvironment() }, problems, ORIGINS),
        },
        {
          provide: KeySet,
          inject: [BEARER_OPTIONS, { token: Clock, optional: true }, { token: Metrics, optional: true }],
          useFactory: makeKeySet,
        },
        {
          provide: BearerMetrics,
          inject: [{ token: Metrics, optional: true }],
          useFactory: (metrics?: Metrics) => metrics && new BearerMetrics(metrics),
        },
        {
          provide: CachingVerifier,
          inject: [BEARER_OPTIONS, KeySet, { token: Clock, optional: true }, { token: BearerMetrics, optional: true }],
          useFactory: (
            settings: BearerOptions,
            keys: KeySet,
            clock: Clock = systemClock,
            metrics: BearerMetrics | undefined = undefined,
          ) =>
            new CachingVerifier(
              new JwtVerifier(
                {
                  ...settings,
                  algorithms: settings.hmacSecret === undefined ? settings.algorithms : ['HS256'],
                  maxBytes: settings.maxTokenBytes,
                },
                keys,
                clock,
              ),
              undefined,
              undefined,
              clock,
              metrics,
            ),
        },
        { provide: TokenVerifier, useExisting: CachingVerifier },
        BearerStrategy,
      ],
      exports: [BEARER_OPTIONS, KeySet, CachingVerifier, TokenVerifier],
    };
  }

  /** Asks for the keys early; the boot does not wait, readiness does. */
  onModuleInit(): void {
    if (this.keys instanceof RemoteKeySet) void this.keys.refresh();
  }
}

function fromEnvironment(): Record<string, string> {
  const set = Object.entries(ORIGINS).map(([option, variable]) => [option, process.env[variable]] as const);
  return Object.fromEntries(set.filter(([, value]) => value !== undefined && value !== '')) as Record<string, string>;
}

function makeKeySet(options: BearerOptions, clock: Clock = systemClock, metrics?: Metrics): KeySet {
  if (options.hmacSecret !== undefined) return new SecretKeySet(Buffer.from(options.hmacSecret, 'base64'));
  const keys = new RemoteKeySet(
    {
      issuer: options.issuer,
      jwksUri: options.jwksUri,
      cooldownMs: options.jwksCooldownMs,
      maxAgeMs: options.jwksMaxAgeMs,
      log: new Logger('Auth'),
    },
    clock,
  );
  if (metrics) KeySetMetrics.of(metrics).watch('access-tokens', keys);
  return keys;
}
