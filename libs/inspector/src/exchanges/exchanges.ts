import type { Clock } from 'guichet/kernel';
import type { ExchangeEnd } from 'guichet/routes';
import { Ring } from '../kept/ring.js';
import { Slowest } from '../kept/slowest.js';
import { type Exchange, isFailed, waitOf } from './exchange.js';

const RECENT = 100;
const FAILED = 50;
const SLOWEST_OF_EACH_ROUTE = 8;

/** Why an exchange is kept. */
export type ExchangeKeptFor = 'recent' | 'slowest' | 'failed';

/** Told of every exchange once it is kept; must be quick. */
export type ExchangeListener = (exchange: Exchange) => void;

/**
 * Keeps some of the exchanges of pass-through routes: the most recent, those of each route that were slowest of late to begin to answer,
 * and those that did not end well. Of the request nothing is kept but its ids, of its address the route alone.
 */
export class Exchanges {
  private readonly recent = new Ring<Exchange>(RECENT);
  private readonly failed = new Ring<Exchange>(FAILED);
  private readonly slowest = new Map<string, Slowest<Exchange>>();
  private readonly listeners = new Set<ExchangeListener>();
  private seen = 0;

  constructor(private readonly clock: Clock) {}

  /** Takes one that is over. */
  ended({ context, ...end }: ExchangeEnd): void {
    const exchange = {
      ...end,
      id: ++this.seen,
      requestId: context.requestId,
      traceparent: context.traceparent,
      endedAtEpochMs: this.clock.epochMs(),
    };
    this.keep(exchange);
    for (const listener of this.listeners) listener(exchange);
  }

  /** @returns those kept for a reason, or all, the newest first, each once */
  all(reason?: ExchangeKeptFor): readonly Exchange[] {
    const found = new Map(this.kept(reason).map(exchange => [exchange.id, exchange]));
    return [...found.values()].sort((a, b) => b.id - a.id);
  }

  /** @returns one of those kept, or undefined where it is not kept any more */
  byId(id: number): Exchange | undefined {
    return this.kept().find(exchange => exchange.id === id);
  }

  /** Tells of every exchange from now on. @returns how to be told no more */
  subscribe(listener: ExchangeListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private keep(exchange: Exchange): void {
    this.recent.add(exchange);
    if (isFailed(exchange)) this.failed.add(exchange);
    // A client that left before there was an answer says nothing of how long one takes.
    if (exchange.outcome === 'departed' && exchange.headAt === undefined) return;
    let slowest = this.slowest.get(exchange.route);
    if (slowest === undefined) this.slowest.set(exchange.route, (slowest = new Slowest(SLOWEST_OF_EACH_ROUTE, waitOf)));
    slowest.add(exchange);
  }

  private kept(reason?: ExchangeKeptFor): readonly Exchange[] {
    const parts: Readonly<Record<ExchangeKeptFor, () => readonly Exchange[]>> = {
      recent: () => this.recent.items,
      failed: () => this.failed.items,
      slowest: () => [...this.slowest.values()].flatMap(({ items }) => items),
    };
    return reason === undefined ? Object.values(parts).flatMap(read => read()) : parts[reason]();
  }
}
