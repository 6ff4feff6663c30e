import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthRoutes } from './health-routes.js';
import { Lifecycle } from './lifecycle.js';
import { Readiness } from './readiness.js';

/**
 * `/health/live`, `/health/ready` and `/health/startup`, on the app's port and, where there is a management server,
 * with details (`?verbose`) there. Looks at the upstreams of `UpstreamModule`, if the app has any.
 */
@Module({
  // Without its logger: a probe each second would write a line each second.
  imports: [TerminusModule.forRoot({ logger: false })],
  providers: [Lifecycle, Readiness, HealthRoutes],
  exports: [Lifecycle, Readiness],
})
export class HealthModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(@Inject(Lifecycle) private readonly lifecycle: Lifecycle) {}

  onApplicationBootstrap(): void {
    this.lifecycle.becomeReady();
  }

  onModuleDestroy(): void {
    this.lifecycle.beginDraining();
  }
}
