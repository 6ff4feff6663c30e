import type { Metrics, MetricValue } from 'guichet/observability';
import type { RouteConfig, RouteRegistry, ServedRoute } from 'guichet/routes';
import type { DeprecatedCallEnding } from './deprecations/deprecated-calls.js';
import type { DeprecationView } from './deprecations/deprecation.js';
import type { Deprecations } from './deprecations/deprecations.js';
import { HistogramReading } from './histogram-reading.js';

/** What a route says, as it was declared. */
export interface RouteDeclaration {
  readonly name: string;
  readonly methods: readonly string[];
  /** The template. */
  readonly path: string;
  readonly summary: string | undefined;
  readonly upstream: string;
  /** The template there. */
  readonly to: string;
  /** What parameters must look like, by name, where that is declared. */
  readonly params: Readonly<Record<string, string>>;
  /** Which of the query passes: `pass`, `drop`, or names. */
  readonly query: string;
  /** `public`, `authenticated`, or the scopes and roles that are asked for. */
  readonly access: string;
  /** As whom the upstream is called. */
  readonly identity: string;
  /** What it is besides an exchange of request and answer. */
  readonly kind: 'exchange' | 'events' | 'websocket';
  readonly cost: number;
  readonly limits: RouteConfig['limits'];
}

/** How a route stands, and what was counted of it since the start. */
export interface RouteFigures {
  /** Exchanges under way that end by themselves. */
  readonly passing: number;
  /** Events and WebSockets under way. */
  readonly lasting: number;
  readonly requests: number;
  /** By how they ended. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Why they failed or were cut, by code; answers of 500 and above as `5xx`. */
  readonly failures: Readonly<Record<string, number>>;
  /** Milliseconds in which half and nineteen in twenty of the answers had their head; undefined where there were none. */
  readonly headP50Ms: number | undefined;
  readonly headP95Ms: number | undefined;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** A pass-through route: what it says and how it stands. */
export interface RouteView extends RouteDeclaration {
  readonly figures: RouteFigures;
  /** That its time is over; undefined: it is not. */
  readonly deprecation: DeprecationView | undefined;
  /** That its upstream's is; undefined: it is not. */
  readonly deprecatedUpstream: DeprecatedCallEnding | undefined;
}

/** Tells of every pass-through route of an app. */
export class RouteViews {
  constructor(
    private readonly registry: RouteRegistry | undefined,
    private readonly metrics: Metrics | undefined,
  ) {}

  /** @returns all there is to tell of each, in the order of their declaration */
  all(deprecations: Deprecations): readonly RouteView[] {
    const figures = this.figures();
    return this.served.map(route => ({
      ...declarationOf(route),
      figures: figures[route.declared.name]!,
      deprecation: deprecations.ofRoute(route),
      deprecatedUpstream: deprecations.ofUpstream(route.declared.config.upstream),
    }));
  }

  /** @returns how each stands, by name */
  figures(): Readonly<Record<string, RouteFigures>> {
    const read = (family: string): readonly MetricValue[] => this.metrics?.values(`guichet_route_${family}`) ?? [];
    const requests = byRoute(read('requests_total'));
    const heads = byRoute(read('head_duration_seconds'));
    const received = byRoute(read('received_bytes_total'));
    const sent = byRoute(read('sent_bytes_total'));
    return Object.fromEntries(
      this.served.map(({ declared: { name }, open }) => [
        name,
        {
          passing: open.underWay - open.lastingCount,
          lasting: open.lastingCount,
          ...countsOf(requests.get(name) ?? []),
          ...headsOf(heads.get(name) ?? []),
          receivedBytes: sum(received.get(name) ?? []),
          sentBytes: sum(sent.get(name) ?? []),
        },
      ]),
    );
  }

  private get served(): readonly ServedRoute[] {
    return this.registry?.routes ?? [];
  }
}

function declarationOf({ declared: { name, config, path, to }, upstream }: ServedRoute): RouteDeclaration {
  const { method, summary, params, query, access, identity, events, upgrade, cost, limits } = config;
  return {
    name,
    methods: [method].flat(),
    path: path.text,
    summary,
    upstream: config.upstream,
    to: to.text,
    params: Object.fromEntries(Object.entries(params).map(([param, pattern]) => [param, pattern.source])),
    query: typeof query === 'string' ? query : query.join(', '),
    access: accessOf(access),
    identity: identity ?? upstream.config.identity,
    kind: upgrade ?? (events ? 'events' : 'exchange'),
    cost,
    limits,
  };
}

function accessOf(access: RouteConfig['access']): string {
  if (typeof access === 'string') return access;
  const asked = [
    access.scopes?.length && `scopes ${access.scopes.join(', ')}`,
    access.roles?.length && `one of the roles ${access.roles.join(', ')}`,
  ].filter(Boolean);
  return asked.length === 0 ? 'authenticated' : asked.join('; ');
}

function countsOf(values: readonly MetricValue[]): Pick<RouteFigures, 'requests' | 'outcomes' | 'failures'> {
  const outcomes: Record<string, number> = {};
  const failures: Record<string, number> = {};
  for (const { labels, value } of values) {
    const { outcome, code } = labels as { readonly outcome: string; readonly code: string };
    if (value === 0) continue;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + value;
    if (outcome === 'failed' || outcome === 'cut' || code === '5xx') failures[code] = (failures[code] ?? 0) + value;
  }
  return { requests: sum(values), outcomes, failures };
}

function headsOf(values: readonly MetricValue[]): Pick<RouteFigures, 'headP50Ms' | 'headP95Ms'> {
  const heads = new HistogramReading();
  for (const { labels, value } of values) if (labels['le'] !== undefined) heads.add(Number(labels['le']), value);
  return { headP50Ms: milliseconds(heads.quantile(0.5)), headP95Ms: milliseconds(heads.quantile(0.95)) };
}

function byRoute(values: readonly MetricValue[]): ReadonlyMap<string, readonly MetricValue[]> {
  const found = new Map<string, MetricValue[]>();
  for (const value of values) {
    const name = value.labels['route']!;
    const known = found.get(name);
    if (known === undefined) found.set(name, [value]);
    else known.push(value);
  }
  return found;
}

function sum(values: readonly MetricValue[]): number {
  return values.reduce((total, { value }) => total + value, 0);
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 10_000) / 10;
}
