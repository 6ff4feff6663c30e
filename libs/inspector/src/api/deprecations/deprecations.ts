import type { Clock } from 'guichet/kernel';
import type { Metrics } from 'guichet/observability';
import type { PagePlan } from 'guichet/page';
import type { RouteRegistry, ServedRoute } from 'guichet/routes';
import type { UpstreamRegistry } from 'guichet/upstream';
import { Askers } from './askers.js';
import {
  callEnding,
  CallsBySection,
  type DeprecatedCallEnding,
  type DeprecatedCallView,
  deprecatedCallView,
} from './deprecated-calls.js';
import { type DeprecationParts, type DeprecationView, deprecationView } from './deprecation.js';
import { bySoonest, type EndingState, type EndingView } from './ending.js';
import { Successors } from './successors.js';

/** A page, a command or a pass-through route that is deprecated. */
export interface DeprecatedView extends DeprecationView {
  /** By which the other views know it: the page's class, or the route's name. */
  readonly name: string;
  readonly methods: readonly string[];
  /** The template. */
  readonly path: string;
}

/** All that is deprecated in an app; what ends soonest first. */
export interface DeprecationsView {
  readonly pages: readonly DeprecatedView[];
  readonly routes: readonly DeprecatedView[];
  readonly calls: readonly DeprecatedCallView[];
}

/** What it is told of. */
export interface DeprecationSources {
  readonly plans: () => readonly PagePlan[];
  readonly routes: RouteRegistry | undefined;
  readonly upstreams: UpstreamRegistry | undefined;
  readonly metrics: Metrics | undefined;
  readonly clock: Clock;
}

/** What is deprecated at a moment: pages, routes, calls, and who still uses them. */
export class Deprecations {
  private readonly calls: CallsBySection;
  private readonly parts: DeprecationParts;

  constructor(private readonly sources: DeprecationSources) {
    const { plans, metrics, clock, upstreams } = sources;
    this.parts = { clock, successors: new Successors(plans(), this.served), askers: new Askers(metrics) };
    this.calls = new CallsBySection(upstreams?.deprecated ?? [], clock);
  }

  /** @param state  only what is in it */
  all(state: EndingState | undefined): DeprecationsView {
    const { plans, upstreams, clock } = this.sources;
    const chosen = <T extends EndingView>(found: readonly T[]): readonly T[] =>
      found.filter(one => state === undefined || one.state === state).sort(bySoonest);
    const pages = plans().flatMap(plan => {
      const { name, declaration } = plan;
      const view = this.ofPage(plan);
      return view ? [{ name, methods: [declaration.method], path: `/${declaration.path}`, ...view }] : [];
    });
    const routes = this.served.flatMap(route => {
      const { name, config, path } = route.declared;
      const view = this.ofRoute(route);
      return view ? [{ name, methods: [config.method].flat(), path: path.text, ...view }] : [];
    });
    const calls = (upstreams?.deprecated ?? []).map(one => deprecatedCallView(one, clock));
    return { pages: chosen(pages), routes: chosen(routes), calls: chosen(calls) };
  }

  /** @returns undefined for a page that is not deprecated */
  ofPage({ declaration: { method, path }, deprecation }: PagePlan): DeprecationView | undefined {
    return deprecationView(deprecation, `${method} /${path}`, [method], this.parts);
  }

  /** @returns undefined for a route that is not deprecated */
  ofRoute({ declared: { name, config } }: ServedRoute): DeprecationView | undefined {
    return deprecationView(config.deprecated, name, [config.method].flat(), this.parts);
  }

  /** @returns that a route's upstream ends as a whole; undefined: it does not */
  ofUpstream(name: string): DeprecatedCallEnding | undefined {
    const { upstreams, clock } = this.sources;
    const whole = upstreams?.deprecated.find(({ upstream, method }) => upstream === name && method === undefined);
    return whole && callEnding(whole, clock);
  }

  /** @returns the deprecated calls that a section was seen to make */
  ofSection(page: string, section: string): readonly DeprecatedCallEnding[] {
    return this.calls.of(page, section);
  }

  private get served(): readonly ServedRoute[] {
    return this.sources.routes?.routes ?? [];
  }
}
