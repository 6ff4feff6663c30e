import { useEffect, useState } from 'preact/hooks';
import {
  API,
  type ExchangeSummary,
  type ExecutionSummary,
  type LiveEvents,
  read,
  type RouteFigures,
  type Sample,
  type UpstreamView,
} from './server';

/** Executions that are kept here, and as many exchanges. */
const KEPT = 200;
const KEPT_SAMPLES = 60;

/** Whether what is shown follows what happens. */
export type LiveState = 'connecting' | 'live' | 'paused';

/** What happens in the app, as it happens. One for the whole page; who shows something of it subscribes. */
class Live {
  state: LiveState = 'paused';
  /** The newest first. */
  executions: readonly ExecutionSummary[] = [];
  /** The newest first. */
  exchanges: readonly ExchangeSummary[] = [];
  /** By the route's name. */
  routes: Readonly<Record<string, RouteFigures>> | undefined;
  upstreams: readonly UpstreamView[] | undefined;
  /** The oldest first. */
  samples: readonly Sample[] = [];
  private source: EventSource | undefined;
  private readonly listeners = new Set<() => void>();

  /** Begins, or goes on; what was missed is fetched. */
  start(): void {
    if (this.source !== undefined) return;
    this.say('connecting');
    this.source = new EventSource(`${API}live`);
    this.source.addEventListener('open', () => {
      this.say('live');
      void this.catchUp();
    });
    // The browser tries again by itself, unless it was refused.
    this.source.addEventListener('error', () => {
      this.say('connecting');
      if (this.source?.readyState !== EventSource.CLOSED) return;
      this.source = undefined;
      setTimeout(() => this.state === 'connecting' && this.start(), 5_000);
    });
    this.on('executions', ({ latest }) => (this.executions = newestOf(this.executions, latest)));
    this.on('exchanges', ({ latest }) => (this.exchanges = newestOf(this.exchanges, latest)));
    this.on('routes', routes => (this.routes = routes));
    this.on('upstreams', upstreams => (this.upstreams = upstreams));
    this.on('sample', sample => (this.samples = [...this.samples, sample].slice(-KEPT_SAMPLES)));
  }

  pause(): void {
    this.source?.close();
    this.source = undefined;
    this.say('paused');
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private async catchUp(): Promise<void> {
    const [executions, exchanges, upstreams, samples] = await Promise.all([
      read('executions', '?kept=recent'),
      read('exchanges', '?kept=recent'),
      read('upstreams'),
      read('history'),
    ]);
    this.upstreams = upstreams;
    this.samples = samples;
    this.executions = newestOf(this.executions, executions);
    this.exchanges = newestOf(this.exchanges, exchanges);
    this.tell();
  }

  private on<E extends keyof LiveEvents>(name: E, take: (data: LiveEvents[E]) => void): void {
    this.source!.addEventListener(name, event => {
      take(JSON.parse((event as MessageEvent<string>).data) as LiveEvents[E]);
      this.tell();
    });
  }

  private say(state: LiveState): void {
    this.state = state;
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

export const live = new Live();

/** Draws again whenever something of it changed. */
export function useLive(): Live {
  const [, setVersion] = useState(0);
  useEffect(() => live.subscribe(() => setVersion(version => version + 1)), []);
  return live;
}

/** @returns what is known and what was found, the newest first, each once */
function newestOf<T extends { readonly id: number; readonly endedAtEpochMs: number }>(
  known: readonly T[],
  found: readonly T[],
): readonly T[] {
  const byId = new Map([...known, ...found].map(one => [one.id, one]));
  // A restarted app counts from 1 again.
  const isNewApp = found.length > 0 && found[0]!.id < (known[0]?.id ?? 0) - KEPT;
  const all = isNewApp ? found : [...byId.values()];
  return [...all].sort((a, b) => b.endedAtEpochMs - a.endedAtEpochMs || b.id - a.id).slice(0, KEPT);
}
