import { type DynamicModule, Global, Module, type Type } from '@nestjs/common';
import { HealthModule } from 'guichet/health';
import { InspectorModule, type InspectorParts } from 'guichet/inspector';
import { BootProblems, Clock, LiveSettings, systemClock, TimerWheel } from 'guichet/kernel';
import { LiveConfiguration, type OpenedLive } from 'guichet/live';
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
  static with(
    problems: BootProblems,
    door: Door,
    listeners: RequestListeners,
    tracing: Tracing,
    live: OpenedLive | undefined,
  ): DynamicModule {
    const changing = live && [
      { provide: LiveSettings, useValue: live.settings },
      { provide: LiveConfiguration, useValue: live.configuration },
    ];
    return {
      module: BootModule,
      providers: [
        { provide: BootProblems, useValue: problems },
        { provide: Clock, useValue: systemClock },
        { provide: TimerWheel, useValue: new TimerWheel(systemClock) },
        { provide: Door, useValue: door },
        { provide: RequestListeners, useValue: listeners },
        { provide: Tracing, useValue: tracing },
        ...(changing ?? []),
      ],
      exports: [
        BootProblems,
        Clock,
        TimerWheel,
        Door,
        RequestListeners,
        ...(changing ?? []).map(({ provide }) => provide),
      ],
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
    live: OpenedLive | undefined,
  ): DynamicModule {
    return {
      module: RootModule,
      imports: [
        BootModule.with(problems, door, listeners, tracing, live),
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
