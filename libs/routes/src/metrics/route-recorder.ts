import type { Counter, CounterFamily, Histogram, HistogramFamily } from 'guichet/observability';
import type { ExchangeEnd } from '../exchange-end.js';

/** Where a route's series are. */
export interface RouteFamilies {
  readonly requests: CounterFamily;
  readonly heads: HistogramFamily;
  readonly durations: HistogramFamily;
  readonly received: CounterFamily;
  readonly sent: CounterFamily;
}

/** Counts one route. */
export class RouteRecorder {
  private readonly answered: readonly Counter[];
  private readonly head: Histogram;
  private readonly duration: Histogram;
  private readonly received: Counter;
  private readonly sent: Counter;

  constructor(
    private readonly route: string,
    private readonly families: RouteFamilies,
  ) {
    this.answered = ['', '1xx', '2xx', '3xx', '4xx', '5xx'].map(code =>
      families.requests.child(route, 'answered', code),
    );
    this.head = families.heads.child(route);
    this.duration = families.durations.child(route);
    this.received = families.received.child(route);
    this.sent = families.sent.child(route);
  }

  /** An exchange is over. */
  over({ outcome, status, code, startedAt, headAt, endedAt, isLasting, receivedBytes, sentBytes }: ExchangeEnd): void {
    if (outcome === 'answered') (this.answered[Math.floor(status / 100)] ?? this.answered[0]!).increment();
    else this.families.requests.child(this.route, outcome, code).increment();
    if (headAt !== undefined) this.head.observe((headAt - startedAt) / 1_000);
    if (outcome === 'answered' && !isLasting) this.duration.observe((endedAt - startedAt) / 1_000);
    this.received.add(receivedBytes);
    this.sent.add(sentBytes);
  }
}
