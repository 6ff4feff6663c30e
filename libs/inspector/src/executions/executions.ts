import type { Clock } from 'guichet/kernel';
import type { FinishedRequest, RequestListener } from 'guichet/observability';
import { Ring } from '../kept/ring.js';
import { Slowest } from '../kept/slowest.js';
import { boundedTrace } from './bounded-trace.js';
import { durationOf, type Execution, outcomeOf } from './execution.js';

const RECENT = 100;
const INCOMPLETE = 50;
const ASKED = 50;
const SLOWEST_OF_EACH_PAGE = 8;

/** Why an execution is kept. */
export type KeptFor = 'recent' | 'slowest' | 'incomplete' | 'asked';

/** Told of every execution once it is kept; must be quick. */
export type ExecutionListener = (execution: Execution) => void;

/**
 * Keeps some of the executions of pages: the most recent, each page's slowest of late, those that did not come out whole, and those that
 * asked for it. As they were written down: what they tell is worked out when somebody looks. Of the request nothing is kept but its ids.
 */
export class Executions implements RequestListener {
  readonly needsTraces = true;
  private readonly recent = new Ring<Execution>(RECENT);
  private readonly incomplete = new Ring<Execution>(INCOMPLETE);
  private readonly asked = new Ring<Execution>(ASKED);
  private readonly slowest = new Map<string, Slowest<Execution>>();
  private readonly listeners = new Set<ExecutionListener>();
  private seen = 0;

  constructor(private readonly clock: Clock) {}

  finished({ context, response, endedAt }: FinishedRequest): void {
    if (context.trace === undefined) return;
    const execution: Execution = {
      id: ++this.seen,
      ...boundedTrace(context.trace),
      requestId: context.requestId,
      traceparent: context.traceparent,
      status: response.statusCode,
      endedAt,
      endedAtEpochMs: this.clock.epochMs(),
      isAsked: context.wantsTrace,
    };
    this.keep(execution);
    for (const listener of this.listeners) listener(execution);
  }

  /** @returns those kept for a reason, or all, the newest first, each once */
  all(reason?: KeptFor): readonly Execution[] {
    const found = new Map(this.kept(reason).map(execution => [execution.id, execution]));
    return [...found.values()].sort((a, b) => b.id - a.id);
  }

  /** @returns an execution that is kept */
  byId(id: number): Execution | undefined {
    return this.kept().find(execution => execution.id === id);
  }

  /** Tells of every execution from now on. @returns how to be told no more */
  subscribe(listener: ExecutionListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private keep(execution: Execution): void {
    const { name } = execution.trace.plan;
    this.recent.add(execution);
    if (execution.isAsked) this.asked.add(execution);
    const outcome = outcomeOf(execution);
    if (outcome === 'degraded' || outcome === 'failed') this.incomplete.add(execution);
    // A client that left ended it: that says nothing of how long it takes.
    if (outcome === 'departed') return;
    let slowest = this.slowest.get(name);
    if (slowest === undefined) this.slowest.set(name, (slowest = new Slowest(SLOWEST_OF_EACH_PAGE, durationOf)));
    slowest.add(execution);
  }

  private kept(reason?: KeptFor): readonly Execution[] {
    const parts: Readonly<Record<KeptFor, () => readonly Execution[]>> = {
      recent: () => this.recent.items,
      incomplete: () => this.incomplete.items,
      asked: () => this.asked.items,
      slowest: () => [...this.slowest.values()].flatMap(({ items }) => items),
    };
    return reason === undefined ? Object.values(parts).flatMap(read => read()) : parts[reason]();
  }
}
