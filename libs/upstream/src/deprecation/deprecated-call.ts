import type { CallContext, CallDeprecation } from 'guichet/kernel';
import type { Counter } from 'guichet/observability';

/** A section that was seen to make a call. */
export interface CallingSection {
  /** The page's class. */
  readonly page: string;
  readonly section: string;
}

/** Who still makes a call that is deprecated: one route, since the app's start. */
export interface DeprecatedCallUse {
  /** What was called: `PricingClient.quote`; of a whole upstream each call, `GET /films/:id`. */
  readonly call: string;
  /** The template of the route it was made for, `/pages/films/:id`; `none` outside of requests. */
  readonly route: string;
  /** How often; undefined where the app counts nothing. */
  readonly count: number | undefined;
  /** The sections that made it, as far as their executions were written down: in the order in which they were seen. */
  readonly sections: readonly CallingSection[];
}

interface Use {
  readonly call: string;
  readonly route: string;
  readonly counter: Counter | undefined;
  /** By page. */
  readonly sections: Map<string, Set<string>>;
}

/** One call of a client that is deprecated, or a whole upstream, and who still uses it. */
export class DeprecatedCall {
  private readonly byUser = new Map<string, Use>();

  /**
   * @param client  the class's name
   * @param method  the client's; undefined: the whole upstream is deprecated
   */
  constructor(
    readonly upstream: string,
    readonly client: string,
    readonly method: string | undefined,
    readonly deprecation: CallDeprecation,
  ) {}

  /** Who used it since the app's start, in the order in which they first did. */
  get uses(): readonly DeprecatedCallUse[] {
    return [...this.byUser.values()].map(({ call, route, counter, sections }) => ({
      call,
      route,
      count: counter?.value,
      sections: [...sections].flatMap(([page, names]) => [...names].map(section => ({ page, section }))),
    }));
  }

  /** Counts one use. @returns whether this user is known; one that is not is not counted */
  count(call: string, route: string, context: CallContext | undefined): boolean {
    const use = this.byUser.get(`${call} ${route}`);
    if (use === undefined) return false;
    use.counter?.increment();
    noteSection(use, context);
    return true;
  }

  /** Makes a user known. @param counter  counts its uses */
  meet(call: string, route: string, counter: Counter | undefined): void {
    this.byUser.set(`${call} ${route}`, { call, route, counter, sections: new Map() });
  }
}

/** Sections are known only where somebody wants to know what happens in pages. */
function noteSection({ sections }: Use, context: CallContext | undefined): void {
  const section = context?.trace?.name;
  const page = context?.request.trace?.plan.name;
  if (section === undefined || page === undefined) return;
  const known = sections.get(page);
  if (known === undefined) sections.set(page, new Set([section]));
  else known.add(section);
}
