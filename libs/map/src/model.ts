/** What something says of its end. Instants in milliseconds since 1970-01-01 UTC. */
export interface Ending {
  readonly since: number;
  readonly sunset?: number | undefined;
  readonly successor?: string | undefined;
  /** Whether its time is over at the instant that the map is drawn for. */
  readonly isRetired: boolean;
}

/** One call of an upstream, as traces and metrics name it. */
export interface MappedCall {
  /** The upstream's name. */
  readonly service: string;
  /** `GET /films/:id`, `UNARY shop.Pricing/Quote`, `POST /graphql#Similar`. */
  readonly call: string;
  /** The client's method that makes it: `CatalogClient.film`; of a pass-through route there is none. */
  readonly client?: string;
  /** Where it stands: `libs/shop/src/catalog.client.ts:24`. */
  readonly at: string;
}

/** A use of something that is deprecated. */
export interface DeprecatedUse {
  readonly service: string;
  /** The client's method; undefined: the whole upstream is. */
  readonly call?: string;
  readonly ending: Ending;
}

/** Something that could not be told from the sources. */
export interface Unknown {
  readonly what: string;
  /** `apps/web/src/pages/film/film.page.ts:30` */
  readonly at: string;
}

/** What a piece of code was found to use. */
export interface Uses {
  readonly calls: readonly MappedCall[];
  readonly deprecated: readonly DeprecatedUse[];
  readonly unknown: readonly Unknown[];
}

/** A section of a page. */
export interface MappedSection extends Uses {
  readonly name: string;
}

/** A page or a command. */
export interface MappedPage {
  /** The class's name. */
  readonly name: string;
  /** `GET /pages/films/:id` */
  readonly route: string;
  readonly file: string;
  readonly ending?: Ending;
  /** Whether it is past its sunset and answered with 410: it uses nothing any more. */
  readonly isGone: boolean;
  readonly sections: readonly MappedSection[];
}

/** A pass-through route. */
export interface MappedRoute {
  /** `GET /api/films/:id` */
  readonly route: string;
  readonly service: string;
  readonly call: string;
  readonly at: string;
  readonly ending?: Ending;
  readonly isGone: boolean;
  readonly deprecated: readonly DeprecatedUse[];
}

/** Code outside of pages that calls upstreams: a guard, an ordinary controller, a job. */
export interface MappedCode extends Uses {
  /** `AccountGuard.canActivate` */
  readonly name: string;
  readonly at: string;
}

/** One app. */
export interface MappedApp {
  readonly name: string;
  readonly file: string;
  readonly pages: readonly MappedPage[];
  readonly routes: readonly MappedRoute[];
  readonly elsewhere: readonly MappedCode[];
  /** What could not be told of the app itself: routes, names. What its pages and their sections hide stands there. */
  readonly unknown: readonly Unknown[];
}

/** An upstream that some app has a client of, or a route to. */
export interface MappedService {
  readonly name: string;
  readonly clients: readonly string[];
  readonly ending?: Ending;
  /** Calls of its clients that are deprecated, by the client's method. */
  readonly deprecatedCalls: Readonly<Record<string, Ending>>;
  /** Calls that are made, by who makes them: `web GET /pages/films/:id (film)`. */
  readonly usedBy: readonly { readonly by: string; readonly call: string }[];
}

/** Something retired that is still used: what fails a build. */
export interface RetiredUse {
  readonly by: string;
  readonly service: string;
  readonly what: string;
  readonly ending: Ending;
}

/** Which pages and routes of which apps use which services and calls. Plain JSON. */
export interface GuichetMap {
  /** The instant that decides what is retired, ISO 8601. */
  readonly at: string;
  readonly apps: readonly MappedApp[];
  readonly services: readonly MappedService[];
  readonly retired: readonly RetiredUse[];
  /** All that could not be told, with who it is about. */
  readonly unknown: readonly (Unknown & { readonly by: string })[];
}
