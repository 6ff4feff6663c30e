import type { HealthIndicatorResult } from '@nestjs/terminus';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { HttpException, Inject, Injectable, Optional } from '@nestjs/common';
import { InstanceSource } from 'guichet/discovery';
import { Clock, systemClock } from 'guichet/kernel';
import { UpstreamRegistry, type UpstreamRuntime } from 'guichet/upstream';
import { Lifecycle } from './lifecycle.js';

/** What a probe is told. */
export interface HealthReport {
  /** `ok`, `degraded` (serves, but something behind it is in trouble), `error` or `shutting_down`. */
  readonly status: string;
  /** By indicator, what it found; for operators alone. */
  readonly details?: object;
}

interface Need {
  readonly name: string;
  readonly isThere: () => boolean;
  readonly missing: string;
}

/** Something that the app's replicas share, and that may be in trouble. */
interface Shared {
  readonly name: string;
  readonly isWell: () => boolean;
  /** More of it, for operators. */
  readonly details: (() => Readonly<Record<string, unknown>>) | undefined;
}

/**
 * Finds out whether the app should be given traffic: it has booted, does not drain, and has once seen the instances of
 * every declared upstream, be it an old list. An upstream that is in trouble *now* degrades it and no more: a service
 * that all replicas share must not take all of them out. Unless it is declared critical.
 */
@Injectable()
export class Readiness {
  private readonly needs: Need[] = [];
  private readonly shared: Shared[] = [];
  private readonly critical = new Set<string>();

  constructor(
    @Inject(HealthCheckService) private readonly checks: HealthCheckService,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
    @Inject(Lifecycle) private readonly lifecycle: Lifecycle,
    @Optional() @Inject(UpstreamRegistry) private readonly upstreams: UpstreamRegistry | undefined,
    @Optional() @Inject(InstanceSource) private readonly source: InstanceSource | undefined,
    @Optional() @Inject(Clock) private readonly clock: Clock = systemClock,
  ) {}

  /**
   * Has readiness wait for something else of the app's own: never for what replicas share.
   * @param name     as the report's details call it
   * @param isThere  asked at every probe
   * @param missing  what is told while it is not there
   */
  require(name: string, isThere: () => boolean, missing: string): void {
    this.needs.push({ name, isThere, missing });
  }

  /**
   * Has the report tell of something that replicas share: its trouble degrades the app, or more if it is critical.
   * @param name    as the report's details call it
   * @param isWell  asked at every probe
   * @param details what else the report's details say of it
   */
  observe(name: string, isWell: () => boolean, details?: () => Readonly<Record<string, unknown>>): void {
    this.shared.push({ name, isWell, details });
  }

  /**
   * Has the app be unready while an upstream, or something {@link observe observed}, is in trouble.
   * @returns the names of all that could be critical, if there is nothing of this one
   */
  makeCritical(name: string): readonly string[] | undefined {
    const known = [...(this.upstreams?.upstreams ?? []), ...this.shared].map(one => one.name);
    if (!known.includes(name)) return known;
    this.critical.add(name);
    return undefined;
  }

  /** @returns the report, details included; ready when its status is `ok` or `degraded` */
  async report(): Promise<HealthReport> {
    try {
      return await this.checks.check([
        () => this.checkLifecycle(),
        ...this.needs.map(need => () => this.checkNeed(need)),
        ...(this.upstreams?.upstreams ?? []).map(upstream => () => this.checkUpstream(upstream)),
        ...this.shared.map(one => () => this.checkShared(one)),
      ]);
    } catch (error) {
      // Terminus throws what it found.
      if (error instanceof HttpException) return error.getResponse() as HealthReport;
      throw error;
    }
  }

  private checkLifecycle(): HealthIndicatorResult {
    const { phase } = this.lifecycle;
    const indicator = this.indicators.check('lifecycle');
    return phase === 'ready' ? indicator.up({ phase }) : indicator.down({ phase });
  }

  private checkNeed({ name, isThere, missing }: Need): HealthIndicatorResult {
    const indicator = this.indicators.check(name);
    return isThere() ? indicator.up() : indicator.down({ message: missing });
  }

  private checkShared({ name, isWell, details }: Shared): HealthIndicatorResult {
    const indicator = this.indicators.check(name);
    const found = details?.();
    if (isWell()) return indicator.up(found);
    return this.critical.has(name) ? indicator.down(found) : indicator.degraded(found);
  }

  private checkUpstream({ name, isReady, state: { trouble } }: UpstreamRuntime): HealthIndicatorResult {
    const indicator = this.indicators.check(`upstream ${name}`);
    const why = this.source?.trouble(name);
    if (!isReady) return indicator.down({ message: 'its instances are not known yet', ...(why && { why }) });
    const snapshot = this.source?.snapshot(name);
    const isFresh = snapshot === undefined || snapshot.state === 'fresh';
    const found = snapshot && {
      instances: snapshot.instances.length,
      source: snapshot.state,
      confirmedMsAgo: Math.round(this.clock.now() - snapshot.confirmedAt),
      ...(why && { why }),
    };
    if (trouble === undefined) return isFresh ? indicator.up(found) : indicator.degraded(found);
    const troubled = { ...found, trouble };
    return this.critical.has(name) ? indicator.down(troubled) : indicator.degraded(troubled);
  }
}
