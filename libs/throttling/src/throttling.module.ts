import { type DynamicModule, Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { BootProblems, Clock, LiveSettings, readOptions, systemClock } from 'guichet/kernel';
import { Metrics } from 'guichet/observability';
import type { z } from 'zod';
import { withEnvironment } from './environment.js';
import { LimitStore } from './limit-store.js';
import { LiveLimits } from './live-limits.js';
import { MemoryLimitStore } from './memory-limit.store.js';
import { RedisLimitStore } from './redis-limit.store.js';
import { ResilientLimitStore } from './resilient-limit.store.js';
import { ThrottlingMetrics } from './throttling-metrics.js';
import { DEFAULT_LIMITS, THROTTLING_OPTIONS, type ThrottlingOptions, throttlingOptions } from './throttling.options.js';

/** Options as an app writes them; what is left out has a default. */
export type ThrottlingModuleOptions = z.input<typeof throttlingOptions>;

/** Limits how often anybody comes: provides the store and the options of `AddressThrottlerGuard` and `PrincipalThrottlerGuard`. */
@Module({})
export class ThrottlingModule implements OnApplicationShutdown {
  constructor(@Inject(LimitStore) private readonly store: LimitStore) {}

  /** @param options  `REDIS_URL`, `TRUSTED_PROXIES` and `THROTTLE_LIMITS` of the environment go before them */
  static forRoot(options: ThrottlingModuleOptions = {}): DynamicModule {
    return {
      module: ThrottlingModule,
      global: true,
      imports: [
        ThrottlerModule.forRootAsync({
          inject: [LimitStore],
          useFactory: (storage: LimitStore) => ({ throttlers: [], storage }),
        }),
      ],
      providers: [
        {
          provide: THROTTLING_OPTIONS,
          inject: [{ token: BootProblems, optional: true }],
          useFactory: (problems?: BootProblems) => {
            const { raw, origins } = withEnvironment(options, options.limits ?? DEFAULT_LIMITS, process.env);
            return readOptions('throttling', throttlingOptions, raw, problems, origins);
          },
        },
        { provide: LimitStore, inject: [THROTTLING_OPTIONS, { token: Clock, optional: true }], useFactory: makeStore },
        {
          provide: LiveLimits,
          inject: [THROTTLING_OPTIONS, { token: LiveSettings, optional: true }],
          useFactory: (settings: ThrottlingOptions, live?: LiveSettings) => live && new LiveLimits(settings, live),
        },
        {
          provide: ThrottlingMetrics,
          inject: [THROTTLING_OPTIONS, LimitStore, { token: Metrics, optional: true }],
          useFactory: (settings: ThrottlingOptions, store: LimitStore, metrics?: Metrics) =>
            metrics && new ThrottlingMetrics(metrics, store, Object.keys(settings.limits)),
        },
      ],
      exports: [THROTTLING_OPTIONS, LimitStore, ThrottlingMetrics, LiveLimits],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.store.close();
  }
}

function makeStore(options: ThrottlingOptions, clock: Clock = systemClock): LimitStore {
  const logger = new Logger('Throttling');
  if (options.redisUrl === undefined) {
    logger.log('limits are counted in memory: every replica counts for itself (set REDIS_URL to share them)');
    return new MemoryLimitStore(clock);
  }
  const redis = new RedisLimitStore({
    url: options.redisUrl,
    prefix: 'guichet:limits',
    commandTimeoutMs: options.redisTimeoutMs,
    onDataLost: () => logger.warn('Redis lost its data: every window starts anew, up to one more limit is admitted'),
  });
  return new ResilientLimitStore(
    redis,
    options.whenRedisFails,
    failure => {
      if (failure === undefined) logger.log('Redis counts again');
      else
        logger.error(
          `Redis does not count (${(failure as Error).message}): ${options.whenRedisFails === 'open' ? 'every replica counts for itself' : 'requests are refused'}`,
        );
    },
    clock,
  );
}
