import type { Clock } from 'guichet/kernel';
import type { DeprecatedCall, DeprecatedCallUse } from 'guichet/upstream';
import { endingOf, type EndingView } from './ending.js';

/** A call of a client, or a whole upstream, that is deprecated. */
export interface DeprecatedCallEnding extends EndingView {
  readonly upstream: string;
  /** `PricingClient.quote`; undefined: the whole upstream. */
  readonly call: string | undefined;
  /** What to use instead, in words. */
  readonly successor: string | undefined;
}

/** The same, and who still uses it. */
export interface DeprecatedCallView extends DeprecatedCallEnding {
  /** How often since the app's start. */
  readonly count: number;
  /** The most frequent first, at most {@link MAX_USES}. */
  readonly uses: readonly DeprecatedCallUse[];
  /** Those that are not among them. */
  readonly omitted: { readonly uses: number; readonly count: number };
}

/** Users that are told of one call. */
export const MAX_USES = 50;

/** Tells of a deprecated call and who uses it. */
export function deprecatedCallView(deprecated: DeprecatedCall, clock: Clock): DeprecatedCallView {
  const uses = [...deprecated.uses].sort((a, b) => (b.count ?? 0) - (a.count ?? 0));
  const omitted = uses.slice(MAX_USES);
  return {
    ...callEnding(deprecated, clock),
    count: sum(uses),
    uses: uses.slice(0, MAX_USES),
    omitted: { uses: omitted.length, count: sum(omitted) },
  };
}

/** The deprecated calls of an app, by who was seen to make them. */
export class CallsBySection {
  private readonly found = new Map<string, DeprecatedCallEnding[]>();

  constructor(deprecated: readonly DeprecatedCall[], clock: Clock) {
    for (const one of deprecated) {
      const users = one.uses.flatMap(({ sections }) => sections.map(({ page, section }) => `${page}.${section}`));
      for (const user of new Set(users))
        this.found.set(user, [...(this.found.get(user) ?? []), callEnding(one, clock)]);
    }
  }

  /** @returns empty where none was seen */
  of(page: string, section: string): readonly DeprecatedCallEnding[] {
    return this.found.get(`${page}.${section}`) ?? [];
  }
}

/** Tells when a call ends. */
export function callEnding(deprecated: DeprecatedCall, clock: Clock): DeprecatedCallEnding {
  const { upstream, client, method, deprecation } = deprecated;
  return {
    ...endingOf(deprecation, clock.epochMs()),
    upstream,
    call: method === undefined ? undefined : `${client}.${method}`,
    successor: deprecation.successor,
  };
}

function sum(uses: readonly DeprecatedCallUse[]): number {
  return uses.reduce((total, { count = 0 }) => total + count, 0);
}
