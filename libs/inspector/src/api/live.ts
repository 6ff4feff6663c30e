import type { ServerResponse } from 'node:http';
import type { Clock, TimerHandle } from 'guichet/kernel';
import { type Execution, type ExecutionSummary, summaryOf } from '../executions/execution.js';
import type { Executions } from '../executions/executions.js';
import type { Sample } from './history.js';
import type { UpstreamView } from './upstreams.js';

const MAX_CLIENTS = 8;
/** Milliseconds between two bursts: as often as eyes follow. */
const BURST_MS = 250;
/** Executions of one burst; of more, the latest are told and the others counted. */
const MAX_OF_A_BURST = 25;
const UPSTREAMS_EVERY = 4;
const HEARTBEAT_EVERY = 40;
/** Bytes that may wait for a slow client; beyond, what would be told is left out. */
const MAX_WAITING_BYTES = 65_536;

/** The events of `/inspector/api/live`, by name. */
export interface LiveEvents {
  readonly executions: { readonly latest: readonly ExecutionSummary[]; readonly omitted: number };
  readonly upstreams: readonly UpstreamView[];
  readonly sample: Sample;
}

/**
 * Tells what happens to whoever looks, as server-sent events. While nobody looks it does nothing. A client that does not keep up
 * misses things, and is told how many; it is never waited for.
 */
export class LiveStream {
  private readonly clients = new Set<ServerResponse>();
  private readonly missed = new Map<ServerResponse, number>();
  private pending: Execution[] = [];
  private omitted = 0;
  private bursts = 0;
  private told = '';
  private timer: TimerHandle | undefined;
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly executions: Executions,
    private readonly upstreams: () => readonly UpstreamView[],
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
    this.clients.add(response);
    response.once('close', () => {
      this.clients.delete(response);
      this.missed.delete(response);
      if (this.clients.size === 0) this.rest();
    });
    if (this.clients.size === 1) this.begin();
    this.told = '';
  }

  /** Tells of a sample of the upstreams' history. */
  sampled(sample: Sample): void {
    this.tell('sample', sample);
  }

  /** Ends every connection. */
  close(): void {
    for (const client of this.clients) client.end();
    this.rest();
  }

  private begin(): void {
    this.unsubscribe = this.executions.subscribe(execution => {
      this.pending.push(execution);
      if (this.pending.length <= MAX_OF_A_BURST) return;
      this.pending.shift();
      this.omitted++;
    });
    this.schedule();
  }

  private rest(): void {
    this.timer?.clear();
    this.timer = undefined;
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    this.pending = [];
    this.omitted = 0;
  }

  private schedule(): void {
    this.timer = this.clock.setTimer(() => {
      this.schedule();
      this.burst();
    }, BURST_MS);
  }

  private burst(): void {
    this.bursts++;
    if (this.pending.length > 0) {
      const latest = this.pending.reverse().map(summaryOf);
      const { omitted } = this;
      this.pending = [];
      this.omitted = 0;
      this.tell('executions', { latest, omitted }, latest.length + omitted);
    }
    if (this.bursts % UPSTREAMS_EVERY === 0) {
      const upstreams = this.upstreams();
      const text = JSON.stringify(upstreams.map(upstream => ({ ...upstream, discovery: upstream.discovery.state })));
      if (text !== this.told || this.bursts % HEARTBEAT_EVERY === 0) this.tell('upstreams', upstreams);
      this.told = text;
    }
    if (this.bursts % HEARTBEAT_EVERY === 0) for (const client of this.clients) client.write(':\n\n');
  }

  /** @param count  how many executions it tells of */
  private tell<E extends keyof LiveEvents>(event: E, data: LiveEvents[E], count = 0): void {
    const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const client of this.clients) {
      if (client.writableLength > MAX_WAITING_BYTES) {
        this.missed.set(client, (this.missed.get(client) ?? 0) + count);
        continue;
      }
      const missed = count > 0 ? this.missed.get(client) : undefined;
      client.write(missed === undefined ? text : withMissed(data as LiveEvents['executions'], missed));
      if (missed !== undefined) this.missed.delete(client);
    }
  }
}

function withMissed({ latest, omitted }: LiveEvents['executions'], missed: number): string {
  return `event: executions\ndata: ${JSON.stringify({ latest, omitted: omitted + missed })}\n\n`;
}
