import type { CounterFamily, HistogramFamily, Metrics } from 'guichet/observability';
import type { Door } from '../door/door.js';
import type { PagePlan } from '../plan.js';
import { PageRecorder } from './page-recorder.js';

/** Of one family: pages or their sections by how they end, closed sets all. */
const MAX_SERIES = 5_000;

/** What is counted of every page of an app. Series are bound at boot; on a request's way there are additions alone. */
export class PageMetrics {
  private readonly requests: CounterFamily;
  private readonly durations: HistogramFamily;
  private readonly bytes: CounterFamily;
  private readonly sections: CounterFamily;
  private readonly sectionDurations: HistogramFamily;

  constructor(metrics: Metrics, door: Door | undefined) {
    this.requests = metrics.counter({
      name: 'guichet_page_requests_total',
      help: 'Requests for pages that passed the guards, by how they ended and, of those that failed, why and whose fault it is',
      labels: ['page', 'outcome', 'code', 'fault'],
      maxSeries: MAX_SERIES,
    });
    this.durations = metrics.histogram({
      name: 'guichet_page_duration_seconds',
      help: 'From the arrival of a request to the answer of a page that was served',
      labels: ['page'],
    });
    this.bytes = metrics.counter({
      name: 'guichet_page_response_bytes_total',
      help: 'Bodies of pages that were served, before any compression',
      labels: ['page'],
    });
    this.sections = metrics.counter({
      name: 'guichet_section_results_total',
      help: 'Sections of pages that were served, and those by which pages failed',
      labels: ['page', 'section', 'state', 'reason'],
      maxSeries: MAX_SERIES,
    });
    this.sectionDurations = metrics.histogram({
      name: 'guichet_section_duration_seconds',
      help: 'From the launch of a section, its needs being there, to its end, of sections that were not cut off',
      labels: ['page', 'section'],
    });
    if (!door) return;
    metrics.gauge({
      name: 'guichet_pages_in_flight',
      help: 'Requests for pages under way',
      labels: ['page'],
      read: say => door.gates.forEach(({ page, inFlight }) => say(inFlight, page)),
    });
    metrics.gauge({
      name: 'guichet_page_limit',
      help: 'How many requests for a page may be under way',
      labels: ['page'],
      read: say => door.gates.forEach(({ page, limit }) => say(limit, page)),
    });
  }

  /** Begins to count a page. */
  of(plan: PagePlan): PageRecorder {
    const { requests, durations, bytes, sections, sectionDurations } = this;
    return new PageRecorder(plan, { requests, durations, bytes, sections, sectionDurations });
  }
}
