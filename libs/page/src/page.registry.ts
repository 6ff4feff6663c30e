import { Inject, Injectable, type OnModuleInit, Optional } from '@nestjs/common';
import { INTERCEPTORS_METADATA } from '@nestjs/common/internal';
import { ApplicationConfig, DiscoveryService } from '@nestjs/core';
import { BootError, BootProblems, Clock, LiveSettings, type LiveValue, systemClock, TimerWheel } from 'guichet/kernel';
import { DeprecatedDoor, DeprecatedRequests, Metrics, RequestListeners } from 'guichet/observability';
import { varyOf } from './caching.js';
import { compilePage } from './compile.js';
import { Door } from './door/door.js';
import { LivePages } from './live/live-pages.js';
import { PageMetrics } from './metrics/page-metrics.js';
import { declarationOf } from './page.decorator.js';
import type { PagePlan } from './plan.js';
import { duplicateRoutes } from './routes.js';
import { putInService } from './served-page.js';

type Class = abstract new (...args: never[]) => object;

/** Compiles every page of the app once at boot and puts it in service; afterwards knows them all. */
@Injectable()
export class PageRegistry implements OnModuleInit {
  private readonly compiled: { readonly plan: PagePlan; readonly live: LiveValue<PagePlan> | undefined }[] = [];

  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(ApplicationConfig) private readonly config: ApplicationConfig,
    @Optional() @Inject(BootProblems) private readonly problems: BootProblems | undefined,
    @Optional() @Inject(Clock) private readonly clock: Clock = systemClock,
    @Optional() @Inject(TimerWheel) private readonly wheel: TimerWheel = new TimerWheel(clock),
    @Optional() @Inject(Door) private readonly door: Door | undefined = undefined,
    @Optional() @Inject(Metrics) private readonly metrics: Metrics | undefined = undefined,
    @Optional() @Inject(RequestListeners) private readonly listeners: RequestListeners | undefined = undefined,
    @Optional() @Inject(LiveSettings) private readonly settings: LiveSettings | undefined = undefined,
  ) {}

  /** The plans of all sound pages as they hold now, in the order of their modules. */
  get plans(): readonly PagePlan[] {
    return this.compiled.map(({ plan, live }) => live?.current ?? plan);
  }

  /** @throws BootError  if something is wrong and nobody gathers the app's problems */
  onModuleInit(): void {
    const problems = this.problems ?? new BootProblems();
    const counted = this.metrics && new PageMetrics(this.metrics, this.door);
    if (this.metrics) DeprecatedRequests.of(this.metrics);
    const isTraced = this.listeners?.needsTraces ?? false;
    const isAlwaysTraced = this.listeners?.needsEveryTrace ?? false;
    const runtime = { clock: this.clock, wheel: this.wheel, isTraced, isAlwaysTraced };
    const controllers = this.discovery.getControllers().filter(wrapper => wrapper.metatype);
    for (const wrapper of controllers) {
      if (!declarationOf(wrapper.metatype!)) continue;
      if (!wrapper.isDependencyTreeStatic()) {
        problems.add({
          where: wrapper.name as string,
          path: '',
          message: 'a page cannot depend on something request-scoped: its plan is compiled once',
          mend: 'read what belongs to the request through inputs: principal(), headers(…), params(…)',
        });
        continue;
      }
      const instance = wrapper.instance as object;
      const { plan, problems: found } = compilePage(instance);
      problems.add(...found);
      if (!plan) continue;
      const live = this.settings?.declare(plan);
      this.compiled.push({ plan, live });
      const gate = this.door?.gate(plan.name, plan.declaration.priority ?? 'normal');
      const isIntercepted = this.isIntercepted(instance);
      const recorder = counted?.of(plan);
      const deprecated = this.deprecatedDoor(plan);
      putInService(instance, { plan, live, runtime, isIntercepted, deprecated, gate, recorder, vary: varyOf(plan) });
    }
    this.settings?.add(new LivePages(this.compiled));
    problems.add(...duplicateRoutes(controllers.map(wrapper => wrapper.metatype as Class)));
    if (!this.problems && problems.all.length > 0) throw new BootError(problems.all);
  }

  private deprecatedDoor({ declaration, deprecation }: PagePlan): DeprecatedDoor | undefined {
    const name = `${declaration.method} /${declaration.path}`;
    return deprecation && new DeprecatedDoor(name, deprecation, this.clock, this.metrics);
  }

  private isIntercepted(page: object): boolean {
    return (
      Reflect.hasMetadata(INTERCEPTORS_METADATA, page.constructor) ||
      this.config.getGlobalInterceptors().length > 0 ||
      this.config.getGlobalRequestInterceptors().length > 0
    );
  }
}
