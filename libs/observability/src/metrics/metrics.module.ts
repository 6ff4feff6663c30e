import { type DynamicModule, Global, Inject, Module, type OnModuleInit, Optional } from '@nestjs/common';
import { ManagementServer } from '../management-server.js';
import { Metrics } from './metrics.js';

/** Gives the whole app its {@link Metrics}, and shows them at `/metrics` on the management port where there is one. */
@Global()
@Module({ providers: [{ provide: Metrics, useFactory: () => new Metrics() }], exports: [Metrics] })
export class MetricsModule implements OnModuleInit {
  /** The same with metrics that were made before the app, for who counts what comes before its modules. */
  static around(metrics: Metrics): DynamicModule {
    return { module: MetricsModule, providers: [{ provide: Metrics, useValue: metrics }] };
  }

  constructor(
    @Inject(Metrics) private readonly metrics: Metrics,
    @Optional() @Inject(ManagementServer) private readonly management: ManagementServer | undefined,
  ) {}

  onModuleInit(): void {
    this.metrics.watchProcess();
    this.management?.route('GET', '/metrics', async (_request, response) => {
      const text = await this.metrics.text();
      response.setHeader('Content-Type', this.metrics.contentType);
      response.end(text);
    });
  }
}
