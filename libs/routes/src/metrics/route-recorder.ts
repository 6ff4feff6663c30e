import { HttpException } from '@nestjs/common';
import { UpstreamError } from 'guichet/kernel';
import type { Counter, CounterFamily, Histogram, HistogramFamily } from 'guichet/observability';

/** Where a route's series are. */
export interface RouteFamilies {
  readonly requests: CounterFamily;
  readonly heads: HistogramFamily;
  readonly durations: HistogramFamily;
  readonly received: CounterFamily;
  readonly sent: CounterFamily;
}

/** What an exchange came to. */
export interface ExchangeEnd {
  /**
   * `answered`: by the upstream, to the end; `failed`: by a problem instead; `departed`: the client left; `cut`: the answer broke off.
   */
  readonly outcome: 'answered' | 'failed' | 'departed' | 'cut';
  /** The upstream's, 0 before there was any. */
  readonly status: number;
  /** Why, where it failed or was cut. */
  readonly error: unknown;
  /** Seconds from the request's arrival to the answer's head; negative where there was none. */
  readonly headSeconds: number;
  /** Seconds from the request's arrival to the end; negative for exchanges that last. */
  readonly seconds: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
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
  over({ outcome, status, error, headSeconds, seconds, receivedBytes, sentBytes }: ExchangeEnd): void {
    if (outcome === 'answered') (this.answered[Math.floor(status / 100)] ?? this.answered[0]!).increment();
    else this.families.requests.child(this.route, outcome, outcome === 'departed' ? '' : codeOf(error)).increment();
    if (headSeconds >= 0) this.head.observe(headSeconds);
    if (outcome === 'answered' && seconds >= 0) this.duration.observe(seconds);
    this.received.add(receivedBytes);
    this.sent.add(sentBytes);
  }
}

function codeOf(error: unknown): string {
  if (error instanceof UpstreamError) return error.code;
  return error instanceof HttpException ? `http-${error.getStatus()}` : 'bug';
}
