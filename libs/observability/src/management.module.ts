import { type DynamicModule, Global, Module } from '@nestjs/common';
import { BootProblems } from 'guichet/kernel';
import { managementOptions, type ManagementOptionsInput } from './management-options.js';
import { ManagementServer } from './management-server.js';

/** Gives the whole app its {@link ManagementServer}. */
@Global()
@Module({})
export class ManagementModule {
  /**
   * @param options      what the code says; `MANAGEMENT_PORT` and `MANAGEMENT_HOST` win
   * @param environment  where those are read
   */
  static forRoot(options: ManagementOptionsInput = {}, environment: NodeJS.ProcessEnv = process.env): DynamicModule {
    return {
      module: ManagementModule,
      providers: [
        {
          provide: ManagementServer,
          useFactory: (problems?: BootProblems) =>
            new ManagementServer(managementOptions(options, environment, problems)),
          inject: [{ token: BootProblems, optional: true }],
        },
      ],
      exports: [ManagementServer],
    };
  }
}
