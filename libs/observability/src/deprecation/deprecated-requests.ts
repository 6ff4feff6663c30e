import type { Counter, CounterFamily } from '../metrics/counter-family.js';
import type { Metrics } from '../metrics/metrics.js';
import type { DeprecatedClient } from './deprecated-client.js';

/** Programs and versions that are told apart for one page or route: those an issuer vouches for. */
const MAX_KNOWN = 50;
/** The same, of those who only say so: whoever makes up versions takes nobody else's place. */
const MAX_CLAIMED = 20;
const OTHER = 'other';

const made = new WeakMap<Metrics, DeprecatedRequests>();

/** Counts who still uses pages and routes that are deprecated. */
export class DeprecatedRequests {
  private readonly family: CounterFamily;

  private constructor(metrics: Metrics) {
    this.family = metrics.counter({
      name: 'guichet_deprecated_requests_total',
      help: 'Requests for what is deprecated, by who asked: the program by its token, and the version it says it has',
      labels: ['route', 'client', 'version'],
      maxSeries: 5_000,
    });
  }

  /** One for all pages and routes of an app. */
  static of(metrics: Metrics): DeprecatedRequests {
    const known = made.get(metrics) ?? new DeprecatedRequests(metrics);
    made.set(metrics, known);
    return known;
  }

  /** Begins to count a page or route. */
  of(route: string): DeprecatedUse {
    return new DeprecatedUse(this.family, route);
  }
}

/** Counts one page or route. However hostile its clients, it has no more than 73 series. */
export class DeprecatedUse {
  private readonly known = new Map<string, Counter>();
  private readonly claimed = new Map<string, Counter>();

  constructor(
    private readonly family: CounterFamily,
    private readonly route: string,
  ) {}

  /** One request more. */
  count({ client, version, isKnown }: DeprecatedClient): void {
    const own = isKnown ? this.known : this.claimed;
    const key = `${client} ${version}`;
    let counter = own.get(key);
    if (counter === undefined) {
      if (own.size >= (isKnown ? MAX_KNOWN : MAX_CLAIMED)) {
        this.family.child(this.route, isKnown ? OTHER : client, OTHER).increment();
        return;
      }
      own.set(key, (counter = this.family.child(this.route, client, version)));
    }
    counter.increment();
  }
}
