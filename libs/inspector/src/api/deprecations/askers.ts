import { disclosed } from 'guichet/kernel';
import type { Metrics, MetricValue } from 'guichet/observability';

/** A program, in one version, that asked for something deprecated. */
export interface AskerView {
  /** By its verified token; `none`: nobody signed in, `unknown`: a token that names no program, `other`: beyond what is told apart. */
  readonly client: string;
  /** As it says; `none` where it says none, `other` beyond what is told apart. */
  readonly version: string;
  readonly requests: number;
}

/** Who asked for something deprecated since the app's start. */
export interface AskersView {
  readonly requests: number;
  /** The most frequent first, at most {@link MAX_ASKERS}. */
  readonly clients: readonly AskerView[];
  /** Those that are not among them. */
  readonly omitted: { readonly clients: number; readonly requests: number };
}

/** Programs and versions that are told of one page or route. It has no more than 73. */
export const MAX_ASKERS = 25;

const FAMILY = 'guichet_deprecated_requests_total';

/** Who still asks, out of what is counted anyway. */
export class Askers {
  private readonly byRoute = new Map<string, MetricValue[]>();

  /** Reads where the counters stand. */
  constructor(private readonly metrics: Metrics | undefined) {
    for (const value of metrics?.values(FAMILY) ?? []) {
      const route = value.labels['route']!;
      const known = this.byRoute.get(route);
      if (known === undefined) this.byRoute.set(route, [value]);
      else known.push(value);
    }
  }

  /**
   * @param route  a page's or route's name: `GET /pages/films/:id`
   * @returns null where the app counts nothing
   */
  of(route: string): AskersView | null {
    if (this.metrics === undefined) return null;
    const all = (this.byRoute.get(route) ?? []).map(askerOf).sort((a, b) => b.requests - a.requests || byName(a, b));
    const omitted = all.slice(MAX_ASKERS);
    return {
      requests: sum(all),
      clients: all.slice(0, MAX_ASKERS),
      omitted: { clients: omitted.length, requests: sum(omitted) },
    };
  }
}

function askerOf({ labels, value }: MetricValue): AskerView {
  // An issuer vouches for a name, not for what somebody put there: a key, a token.
  return { client: disclosed('client', labels['client']) as string, version: labels['version']!, requests: value };
}

function byName(a: AskerView, b: AskerView): number {
  return a.client.localeCompare(b.client, 'en') || a.version.localeCompare(b.version, 'en', { numeric: true });
}

function sum(askers: readonly AskerView[]): number {
  return askers.reduce((total, { requests }) => total + requests, 0);
}
