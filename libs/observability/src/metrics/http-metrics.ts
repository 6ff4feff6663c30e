import type { FinishedRequest, RequestListener } from '../request-listeners.js';
import type { Counter, CounterFamily } from './counter-family.js';
import type { Histogram, HistogramFamily } from './histogram-family.js';
import type { Metrics } from './metrics.js';

/** The methods that are told apart; a client may send any of Node's thirty others. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const OTHER_METHOD = 'other';
const NO_ROUTE = 'none';
/** In place of a status: the client went away before it had its answer. */
const DEPARTED = 0;
/** Routes by methods by statuses that occur: several hundred for an app of a hundred pages. */
const MAX_SERIES = 5_000;

/** One route's series, by what they are looked up by: method and status in one number. */
interface RouteSeries {
  readonly counters: Map<number, Counter>;
  readonly duration: Histogram;
}

/** Counts every request, page or not: those that a guard refused and those that are nowhere, too. */
export class HttpMetrics implements RequestListener {
  readonly needsTraces = false;
  private readonly requests: CounterFamily;
  private readonly durations: HistogramFamily;
  private readonly byRoute = new Map<string, RouteSeries>();

  constructor(metrics: Metrics) {
    this.requests = metrics.counter({
      name: 'guichet_http_requests_total',
      help: 'Requests of all kinds by how they were answered',
      labels: ['route', 'method', 'status'],
      maxSeries: MAX_SERIES,
    });
    this.durations = metrics.histogram({
      name: 'guichet_http_request_duration_seconds',
      help: 'From the arrival of a request to the end of its answer, of those that were answered',
      labels: ['route'],
    });
  }

  finished({ context, request, response, endedAt }: FinishedRequest): void {
    const { route = NO_ROUTE } = context;
    const known = this.byRoute.get(route) ?? this.begin(route);
    const method = METHODS.indexOf(request.method!);
    const status = response.writableFinished ? response.statusCode : DEPARTED;
    if (status !== DEPARTED) known.duration.observe((endedAt - context.startedAt) / 1_000);
    const key = status * 8 + method + 1;
    const counter = known.counters.get(key) ?? this.bind(known, key, route, METHODS[method] ?? OTHER_METHOD, status);
    counter.increment();
  }

  private begin(route: string): RouteSeries {
    const series = { counters: new Map<number, Counter>(), duration: this.durations.child(route) };
    this.byRoute.set(route, series);
    return series;
  }

  private bind({ counters }: RouteSeries, key: number, route: string, method: string, status: number): Counter {
    const counter = this.requests.child(route, method, status === DEPARTED ? 'departed' : String(status));
    counters.set(key, counter);
    return counter;
  }
}
