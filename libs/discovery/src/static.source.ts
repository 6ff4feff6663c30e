import { type Clock, systemClock } from 'guichet/kernel';
import { Observable, ReplaySubject } from 'rxjs';
import type { Instance, Snapshot } from './instance.js';
import { InstanceSource } from './instance-source.js';
import { type DiscoveryLog, silentLog } from './log.js';
import { keepIdentity } from './same-instances.js';
import { parseUpstreams, readUpstreams, type Upstreams, UpstreamsError } from './upstreams-file.js';
import { WatchedFile } from './watched-file.js';

/** Where a {@link StaticSource} has its instances from: a file, or an object in memory. */
export type StaticSourceParts = ({ readonly file: string } | { readonly services: Upstreams }) & {
  readonly clock?: Clock;
  readonly log?: DiscoveryLog;
};

interface Watched {
  readonly subject: ReplaySubject<Snapshot>;
  latest: Snapshot;
}

/**
 * Instances written down: in `UPSTREAMS_FILE`, read again when it changes, or in memory. An edit that cannot be read
 * changes no instance: it is logged with its reason, and the state is `last-known-good` until the file is good again.
 */
export class StaticSource extends InstanceSource {
  private readonly clock: Clock;
  private readonly log: DiscoveryLog;
  private readonly file: WatchedFile | undefined;
  private readonly watched = new Map<string, Watched>();
  private services: ReadonlyMap<string, readonly Instance[]>;
  private state: Snapshot['state'] = 'fresh';
  private confirmedAt: number;
  private text = '';
  private complaint = '';
  private isClosed = false;

  /** @throws UpstreamsError  when what is given cannot be read */
  constructor(private readonly parts: StaticSourceParts) {
    super();
    this.clock = parts.clock ?? systemClock;
    this.log = parts.log ?? silentLog;
    this.confirmedAt = this.clock.now();
    if ('services' in parts) {
      this.services = readUpstreams(parts.services);
      return;
    }
    const file = new WatchedFile(parts.file, this.clock, () => this.reload());
    try {
      this.text = file.read();
      this.services = parseUpstreams(this.text);
    } catch (error) {
      file.close();
      throw error instanceof UpstreamsError ? error : new UpstreamsError(`cannot be read: ${(error as Error).message}`);
    }
    this.file = file;
  }

  override watch(service: string): Observable<Snapshot> {
    return this.entry(service).subject.asObservable();
  }

  override snapshot(service: string): Snapshot | undefined {
    return this.watched.get(service)?.latest;
  }

  /**
   * Replaces the instances of a service; for tests and for sources in memory.
   * @throws UpstreamsError  when they cannot be read
   */
  set(service: string, instances: Upstreams[string]): void {
    const read = readUpstreams({ [service]: instances }).get(service) ?? [];
    this.services = new Map([...this.services, [service, read]]);
    this.confirm('fresh');
  }

  override async close(): Promise<void> {
    this.isClosed = true;
    this.file?.close();
    for (const { subject } of this.watched.values()) subject.complete();
  }

  private entry(service: string): Watched {
    const known = this.watched.get(service);
    if (known) return known;
    const entry = { subject: new ReplaySubject<Snapshot>(1), latest: this.snapshotOf(service, []) };
    this.watched.set(service, entry);
    entry.subject.next(entry.latest);
    if (this.isClosed) entry.subject.complete();
    return entry;
  }

  private reload(): void {
    const path = 'file' in this.parts ? this.parts.file : '';
    try {
      const text = this.file?.read() ?? '';
      if (text === this.text && this.state === 'fresh') return;
      this.services = parseUpstreams(text);
      this.log.info(`${path}: read again, ${this.services.size} services`);
      this.text = text;
      this.complaint = '';
      this.confirm('fresh');
    } catch (error) {
      const complaint = `${path}: ${(error as Error).message}; keeping what it said before`;
      if (complaint !== this.complaint) this.log.warn(complaint);
      this.complaint = complaint;
      this.confirm('last-known-good');
    }
  }

  private confirm(state: Snapshot['state']): void {
    this.state = state;
    if (state === 'fresh') this.confirmedAt = this.clock.now();
    for (const [service, entry] of this.watched) {
      const before = entry.latest;
      entry.latest = this.snapshotOf(service, before.instances);
      if (entry.latest.instances !== before.instances || entry.latest.state !== before.state) {
        entry.subject.next(entry.latest);
      }
    }
  }

  private snapshotOf(service: string, before: readonly Instance[]): Snapshot {
    const instances = keepIdentity(before, this.services.get(service) ?? []);
    return Object.freeze({ service, instances, state: this.state, confirmedAt: this.confirmedAt });
  }
}
