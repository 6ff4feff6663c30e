import type { ServerResponse } from 'node:http';
import type { Clock, TimerHandle } from 'guichet/kernel';
import type { Exchange, ExchangeSummary } from '../exchanges/exchange.js';
import { exchangeSummary } from '../exchanges/exchange.js';
import { type Execution, type ExecutionSummary, summaryOf } from '../executions/execution.js';
import { Burst, type Told } from './burst.js';
import type { Sample } from './history.js';
import type { RouteFigures } from './routes.js';
import type { UpstreamView } from './upstreams.js';

const MAX_CLIENTS = 8;
/** Milliseconds between two bursts: as often as eyes follow. */
const BURST_MS = 250;
/** Every so many bursts it is looked how upstreams and routes stand. */
const LOOK_EVERY = 4;
const HEARTBEAT_EVERY = 40;
/** Bytes that may wait for a slow client; beyond, what would be told is left out. */
const MAX_WAITING_BYTES = 65_536;

/** What happens one after the other, by the names of their events. */
export interface Happenings {
  readonly executions: Told<ExecutionSummary>;
  readonly exchanges: Told<ExchangeSummary>;
}

/** How something stands, by the names of their events. */
export interface Standings {
  readonly upstreams: readonly UpstreamView[];
  /** By the route's name. */
  readonly routes: Readonly<Record<string, RouteFigures>>;
}

/** The events of `/inspector/api/live`, by name. */
export interface LiveEvents extends Happenings, Standings {
  readonly sample: Sample;
}

/** What is told of. */
export interface LiveSources {
  readonly executions: Subscribable<Execution>;
  readonly exchanges: Subscribable<Exchange>;
  readonly upstreams: () => readonly UpstreamView[];
  readonly routes: () => Readonly<Record<string, RouteFigures>>;
}

interface Subscribable<T> {
  subscribe(listener: (item: T) => void): () => void;
}

/**
 * Tells what happens to whoever looks, as server-sent events. While nobody looks it does nothing. A client that does not keep up
 * misses things, and is told how many; it is never waited for.
 */
export class LiveStream {
  private readonly clients = new Map<ServerResponse, Record<keyof Happenings, number>>();
  private readonly executions = new Burst<Execution>();
  private readonly exchanges = new Burst<Exchange>();
  private readonly told = new Map<keyof Standings, string>();
  private bursts = 0;
  private timer: TimerHandle | undefined;
  private unsubscribe: readonly (() => void)[] = [];

  constructor(
    private readonly sources: LiveSources,
    private readonly clock: Clock,
  ) {}

  /** Whether there is room for one more. */
  get hasRoom(): boolean {
    return this.clients.size < MAX_CLIENTS;
  }

  /** Takes a client on; it is told until its connection closes. */
  open(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
    response.write('retry: 2000\n\n');
    this.clients.set(response, { executions: 0, exchanges: 0 });
    response.once('close', () => {
      this.clients.delete(response);
      if (this.clients.size === 0) this.rest();
    });
    if (this.clients.size === 1) this.begin();
    this.told.clear();
  }

  /** Tells of a sample of the upstreams' history. */
  sampled(sample: Sample): void {
    this.tell(textOf('sample', sample));
  }

  /** Ends every connection. */
  close(): void {
    for (const client of this.clients.keys()) client.end();
    this.rest();
  }

  private begin(): void {
    this.unsubscribe = [
      this.sources.executions.subscribe(execution => this.executions.add(execution)),
      this.sources.exchanges.subscribe(exchange => this.exchanges.add(exchange)),
    ];
    this.schedule();
  }

  private rest(): void {
    this.timer?.clear();
    this.timer = undefined;
    for (const unsubscribe of this.unsubscribe) unsubscribe();
    this.unsubscribe = [];
    this.executions.forget();
    this.exchanges.forget();
  }

  private schedule(): void {
    this.timer = this.clock.setTimer(() => {
      this.schedule();
      this.burst();
    }, BURST_MS);
  }

  private burst(): void {
    this.bursts++;
    this.tellHappenings('executions', this.executions, summaryOf);
    this.tellHappenings('exchanges', this.exchanges, exchangeSummary);
    const isAnyway = this.bursts % HEARTBEAT_EVERY === 0;
    if (this.bursts % LOOK_EVERY === 0) {
      const upstreams = this.sources.upstreams();
      // How old discovery's data is changes all the time, and says nothing new.
      const known = upstreams.map(({ discovery: { state, trouble }, ...rest }) => ({
        ...rest,
        discovery: [state, trouble],
      }));
      this.tellStanding('upstreams', upstreams, known, isAnyway);
      const routes = this.sources.routes();
      this.tellStanding('routes', routes, routes, isAnyway);
    }
    if (isAnyway) for (const client of this.clients.keys()) client.write(':\n\n');
  }

  /** @param known  what of it must have changed to be told */
  private tellStanding<E extends keyof Standings>(
    event: E,
    standing: Standings[E],
    known: unknown,
    isAnyway: boolean,
  ): void {
    const text = JSON.stringify(known);
    if (text !== this.told.get(event) || isAnyway) this.tell(textOf(event, standing));
    this.told.set(event, text);
  }

  private tell(text: string): void {
    for (const client of this.clients.keys()) if (keepsUp(client)) client.write(text);
  }

  private tellHappenings<T, S>(event: keyof Happenings, burst: Burst<T>, summary: (item: T) => S): void {
    const taken = burst.take();
    if (taken === undefined) return;
    const latest = taken.latest.map(summary);
    const text = textOf(event, { latest, omitted: taken.omitted });
    for (const [client, missed] of this.clients) {
      if (!keepsUp(client)) {
        missed[event] += latest.length + taken.omitted;
        continue;
      }
      const before = missed[event];
      missed[event] = 0;
      client.write(before === 0 ? text : textOf(event, { latest, omitted: taken.omitted + before }));
    }
  }
}

function keepsUp(client: ServerResponse): boolean {
  return client.writableLength <= MAX_WAITING_BYTES;
}

function textOf<E extends keyof LiveEvents>(event: E, data: Partial<LiveEvents>[E] | Told<unknown>): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
