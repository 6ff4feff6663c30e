import type { CounterFamily, HistogramFamily, Metrics } from 'guichet/observability';
import type { ServedRoute } from '../served-route.js';
import { RouteRecorder } from './route-recorder.js';

/** What is counted of every pass-through route. Series are bound at boot; on a request's way there are additions alone. */
export class RouteMetrics {
  private readonly requests: CounterFamily;
  private readonly heads: HistogramFamily;
  private readonly durations: HistogramFamily;
  private readonly received: CounterFamily;
  private readonly sent: CounterFamily;

  constructor(metrics: Metrics, routes: readonly Pick<ServedRoute, 'declared' | 'open'>[]) {
    this.requests = metrics.counter({
      name: 'guichet_route_requests_total',
      help: 'Requests of pass-through routes that passed the guards, by how they ended, and with which class of status or why not',
      labels: ['route', 'outcome', 'code'],
    });
    this.heads = metrics.histogram({
      name: 'guichet_route_head_duration_seconds',
      help: 'From the arrival of a request to the head of its answer',
      labels: ['route'],
    });
    this.durations = metrics.histogram({
      name: 'guichet_route_duration_seconds',
      help: 'From the arrival of a request to the end of its answer, of exchanges that do not last',
      labels: ['route'],
    });
    this.received = metrics.counter({
      name: 'guichet_route_received_bytes_total',
      help: 'Bodies that clients sent, WebSockets included',
      labels: ['route'],
    });
    this.sent = metrics.counter({
      name: 'guichet_route_sent_bytes_total',
      help: 'Bodies that clients were sent, WebSockets included',
      labels: ['route'],
    });
    metrics.gauge({
      name: 'guichet_route_in_flight',
      help: 'Exchanges of pass-through routes under way; those that may last are events and WebSockets',
      labels: ['route', 'kind'],
      read: say => {
        for (const { declared, open } of routes) {
          say(open.underWay - open.lastingCount, declared.name, 'passing');
          say(open.lastingCount, declared.name, 'lasting');
        }
      },
    });
  }

  /** Begins to count a route. */
  of(name: string): RouteRecorder {
    const { requests, heads, durations, received, sent } = this;
    return new RouteRecorder(name, { requests, heads, durations, received, sent });
  }
}
