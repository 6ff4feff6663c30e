import { type DynamicModule, Module } from '@nestjs/common';
import { BootProblems, readOptions } from 'guichet/kernel';
import type { z } from 'zod';
import { APP_VERSION_OPTIONS, appVersionOptions } from './app-version.options.js';

const ORIGINS = { minVersion: 'MIN_APP_VERSION', storeUrl: 'APP_STORE_URL', mode: 'APP_VERSION_MODE' } as const;

/** Says how old an app may be: provides what `AppVersionGuard` works with. */
@Module({})
export class AppVersionModule {
  /** @param options  `MIN_APP_VERSION`, `APP_STORE_URL` and `APP_VERSION_MODE` of the environment go before them */
  static forRoot(options: z.input<typeof appVersionOptions> = {}): DynamicModule {
    const set = Object.entries(ORIGINS).flatMap(([option, variable]) => {
      const value = process.env[variable];
      return value ? [[option, value]] : [];
    });
    return {
      module: AppVersionModule,
      global: true,
      providers: [
        {
          provide: APP_VERSION_OPTIONS,
          inject: [{ token: BootProblems, optional: true }],
          useFactory: (problems?: BootProblems) =>
            readOptions(
              'app version',
              appVersionOptions,
              { ...options, ...Object.fromEntries(set) },
              problems,
              ORIGINS,
            ),
        },
      ],
      exports: [APP_VERSION_OPTIONS],
    };
  }
}
