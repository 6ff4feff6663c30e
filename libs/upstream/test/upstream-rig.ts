import { Test, type TestingModule } from '@nestjs/testing';
import { type Instance, InstanceSource, type Snapshot } from 'guichet/discovery';
import { type CallContext, Clock, RequestContext, systemClock } from 'guichet/kernel';
import { Metrics } from 'guichet/observability';
import type { FakeUpstream } from 'guichet/testing';
import {
  type CallHandle,
  type UpstreamCall,
  type UpstreamClass,
  UpstreamEvents,
  UpstreamIdentity,
  UpstreamModule,
  type UpstreamRootOptions,
} from '../src/index.js';
import { Observable, ReplaySubject } from 'rxjs';

/** Instances as a test says. */
export class ManualSource extends InstanceSource {
  private readonly services = new Map<string, ReplaySubject<Snapshot>>();
  private readonly latest = new Map<string, Snapshot>();

  set(service: string, ...instances: readonly Instance[]): void {
    const snapshot: Snapshot = { service, instances, state: 'fresh', confirmedAt: 0 };
    this.latest.set(service, snapshot);
    this.subject(service).next(snapshot);
  }

  watch(service: string): Observable<Snapshot> {
    return this.subject(service);
  }

  snapshot(service: string): Snapshot | undefined {
    return this.latest.get(service);
  }

  async close(): Promise<void> {}

  private subject(service: string): ReplaySubject<Snapshot> {
    let subject = this.services.get(service);
    if (!subject) this.services.set(service, (subject = new ReplaySubject<Snapshot>(1)));
    return subject;
  }
}

/** An app of upstream clients alone. */
export interface UpstreamRig {
  readonly app: TestingModule;
  readonly source: ManualSource;
  close(): Promise<void>;
}

export interface RigOptions extends Omit<UpstreamRootOptions, 'clients' | 'imports'> {
  /** By service, the fakes that are its instances. */
  readonly fakes?: Readonly<Record<string, readonly FakeUpstream[]>>;
  readonly events?: UpstreamEvents;
  readonly clock?: Clock;
  readonly identity?: UpstreamIdentity;
  readonly metrics?: Metrics;
}

export async function upstreamRig(clients: readonly UpstreamClass[], options: RigOptions = {}): Promise<UpstreamRig> {
  const { fakes = {}, events, identity, metrics, clock = systemClock, ...root } = options;
  const source = new ManualSource();
  for (const [service, servers] of Object.entries(fakes))
    source.set(service, ...servers.map(fake => fake.instance(service)));
  const provided = [
    { provide: InstanceSource, useValue: source },
    { provide: Clock, useValue: clock },
    ...(events ? [{ provide: UpstreamEvents, useValue: events }] : []),
    ...(metrics ? [{ provide: Metrics, useValue: metrics }] : []),
    ...(identity ? [{ provide: UpstreamIdentity, useValue: identity }] : []),
  ];
  const app = await Test.createTestingModule({
    imports: [
      { module: SourceModule, global: true, providers: provided, exports: provided.map(({ provide }) => provide) },
      UpstreamModule.forRoot({ clients, ...root }),
    ],
  }).compile();
  await app.init();
  return { app, source, close: () => app.close() };
}

class SourceModule {}

/** A context that is over in so many milliseconds. */
export function contextOf(deadlineMs = 5_000, requestId = 'request-1', clock: Clock = systemClock): CallContext {
  const now = clock.now();
  return { request: new RequestContext(requestId, now), deadlineAt: now + deadlineMs };
}

/** Starts a call: what it comes to, and how to end it. */
export function started<T>(call: UpstreamCall<T>): { readonly outcome: Promise<T>; readonly handle: CallHandle } {
  let handle!: CallHandle;
  const outcome = new Promise<T>((succeed, fail) => (handle = call.start({ succeed, fail })));
  outcome.catch(() => {});
  return { outcome, handle };
}
