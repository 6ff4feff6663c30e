import { type DynamicModule, Global, Module, type Type } from '@nestjs/common';
import { HealthModule } from 'guichet/health';
import { InspectorModule, type InspectorParts } from 'guichet/inspector';
import { BootProblems, Clock, systemClock, TimerWheel } from 'guichet/kernel';
import {
  ManagementModule,
  type ManagementOptionsInput,
  type Metrics,
  MetricsModule,
  RequestListeners,
  Tracing,
} from 'guichet/observability';
import { Door, PageModule } from 'guichet/page';
import { DefaultCost } from 'guichet/throttling';
import { FanOutCost } from './fan-out-cost.js';

/** What every room may inject without importing it: where problems are noted, and time. */
@Global()
@Module({})
class BootModule {
  static with(problems: BootProblems, door: Door, listeners: RequestListeners, tracing: Tracing): DynamicModule {
    return {
      module: BootModule,
      providers: [
        { provide: BootProblems, useValue: problems },
        { provide: Clock, useValue: systemClock },
        { provide: TimerWheel, useValue: new TimerWheel(systemClock) },
        { provide: Door, useValue: door },
        { provide: RequestListeners, useValue: listeners },
        { provide: Tracing, useValue: tracing },
      ],
      exports: [BootProblems, Clock, TimerWheel, Door, RequestListeners],
    };
  }
}

/** What a page's fan-out costs, for the guards of `guichet/throttling`. */
@Global()
@Module({
  imports: [PageModule],
  providers: [{ provide: DefaultCost, useClass: FanOutCost }],
  exports: [DefaultCost],
})
class CostModule {}

/** The module above the app's own: what every BFF has, then the app. */
@Module({})
export class RootModule {
  static around(
    app: Type | DynamicModule,
    problems: BootProblems,
    door: Door,
    listeners: RequestListeners,
    metrics: Metrics,
    tracing: Tracing,
    management: ManagementOptionsInput | undefined,
    environment: NodeJS.ProcessEnv,
    inspector: InspectorParts | undefined,
  ): DynamicModule {
    return {
      module: RootModule,
      imports: [
        BootModule.with(problems, door, listeners, tracing),
        ManagementModule.forRoot(management, environment),
        MetricsModule.around(metrics),
        HealthModule,
        PageModule,
        CostModule,
        ...(inspector ? [InspectorModule.with(inspector)] : []),
        app,
      ],
    };
  }
}
