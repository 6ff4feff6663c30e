import { type Clock, systemClock } from 'guichet/kernel';
import type { Observable } from 'rxjs';
import { AddressPolicy } from './address-policy.js';
import { ConsulClient } from './consul-client.js';
import type { Cancellation } from './consul-connection.js';
import type { ConsulOptions } from './consul.options.js';
import { type DiscoveryEvents, silentEvents } from './discovery-events.js';
import type { Snapshot } from './instance.js';
import { InstanceSource } from './instance-source.js';
import { type DiscoveryLog, silentLog } from './log.js';
import { type HealthQuery, ServiceWatch } from './service-watch.js';
import type { SnapshotFile } from './snapshot-file.js';
import { PACE } from './watch-loop.js';
import type { WatchOptions } from './watch.options.js';

/** How a {@link ConsulSource} is made. */
export interface ConsulSourceParts {
  readonly consul: ConsulOptions;
  readonly watch: WatchOptions;
  /** Which addresses are believed; by default all but those that are never a service. */
  readonly policy?: AddressPolicy;
  /** Where what is known outlives this process. */
  readonly snapshots?: SnapshotFile | undefined;
  readonly clock?: Clock;
  readonly log?: DiscoveryLog;
  readonly events?: DiscoveryEvents;
  /** Gives a number in [0, 1). */
  readonly random?: () => number;
}

/** Milliseconds that a query may block when there are more services than connections, so that each gets its turn. */
const SHARED_WAIT_MS = 1_000;

/** Instances as Consul knows them: those of a service whose checks all pass. */
export class ConsulSource extends InstanceSource {
  private readonly client: ConsulClient;
  private readonly watches = new Map<string, ServiceWatch>();
  private readonly loops: Promise<void>[] = [];
  private isClosed = false;
  /** Whether Consul has answered, or its absence was told: that is told once, and not of one that goes away later. */
  private isToldOf = false;

  constructor(private readonly parts: ConsulSourceParts) {
    super();
    this.client = new ConsulClient(parts.consul, parts.watch.maxConnections);
  }

  override watch(service: string): Observable<Snapshot> {
    return (this.watches.get(service) ?? this.begin(service)).snapshots;
  }

  override snapshot(service: string): Snapshot | undefined {
    return this.watches.get(service)?.snapshot;
  }

  override trouble(service: string): string | undefined {
    return this.watches.get(service)?.trouble;
  }

  override async close(): Promise<void> {
    this.isClosed = true;
    for (const watch of this.watches.values()) watch.close();
    await Promise.all(this.loops);
    await this.parts.snapshots?.close();
    this.client.close();
  }

  private begin(service: string): ServiceWatch {
    const { clock = systemClock, log = silentLog, events = silentEvents, random = Math.random } = this.parts;
    const { policy = new AddressPolicy({ allowedCidrs: [], allowsLoopback: true }), snapshots } = this.parts;
    const watch = new ServiceWatch(service, {
      query: (name, index, cancellation) => this.ask(name, index, this.waitMs(random()), cancellation),
      graces: this.parts.watch,
      policy,
      remembered: snapshots?.instancesOf(service),
      pace: PACE,
      clock,
      log,
      events,
      random,
    });
    this.watches.set(service, watch);
    if (snapshots) watch.snapshots.subscribe(snapshot => snapshots.note(snapshot));
    if (this.isClosed) watch.close();
    else this.loops.push(watch.start());
    return watch;
  }

  private async ask(
    service: string,
    index: string | undefined,
    waitMs: number,
    cancellation: Cancellation,
  ): ReturnType<HealthQuery> {
    try {
      const answer = await this.client.health(service, index, waitMs, cancellation);
      this.isToldOf = true;
      return answer;
    } catch (error) {
      // A status is an answer.
      if ((error as { statusCode?: unknown }).statusCode === undefined) this.tellOfAbsence();
      throw error;
    }
  }

  private tellOfAbsence(): void {
    const { consul, log = silentLog } = this.parts;
    if (this.isToldOf || this.isClosed) return;
    this.isToldOf = true;
    log.warn(
      `no Consul answers at ${consul.address}: start one there, name another by CONSUL_HTTP_ADDR, or do without by DISCOVERY=static and UPSTREAMS_FILE`,
    );
  }

  /** A blocking query holds a connection, and an agent caps those of one client (200 by default). */
  private waitMs(random: number): number {
    const { waitMs, maxConnections } = this.parts.watch;
    return this.watches.size > maxConnections ? SHARED_WAIT_MS : waitMs * (0.9 + 0.1 * random);
  }
}
