import type { SectionBar, Waterfall } from '../waterfall/waterfall.js';

/** One section of a {@link ShortWaterfall}. */
export interface ShortSection {
  /** Milliseconds after the request's arrival; undefined for one that never ran. */
  readonly at?: number;
  readonly ms?: number;
  readonly outcome?: string;
  readonly reason?: string;
  /** How often its upstreams were asked, where that is more than once a call. */
  readonly attempts?: number;
  /** Of a section that is not fresh: the instance that was asked last, `host:port`, and the status it gave. */
  readonly instance?: string;
  readonly status?: number;
}

/** A waterfall, as it fits in a line: milliseconds, names and codes, nobody's values. */
export interface ShortWaterfall {
  readonly budgetMs: number;
  readonly guardsMs: number;
  /** What the answer waited for, first to last: `film > price`. */
  readonly path: string;
  /** The longest section of the path, and its longest call. */
  readonly bound?: {
    readonly section: string;
    readonly ms: number;
    readonly upstream?: string;
    readonly call?: string;
  };
  readonly sections: Readonly<Record<string, ShortSection>>;
  /** How many sections are left out: the quickest of those that are fresh. */
  readonly more?: number;
}

/** About 2 KB of a line. */
const MAX_SECTIONS = 20;
const MAX_PATH_LENGTH = 200;

/** Tells a waterfall in a bounded number of words. */
export function shortWaterfall({ budgetMs, guardsMs, criticalPath, boundBy, sections }: Waterfall): ShortWaterfall {
  const told = sections.length > MAX_SECTIONS ? mostTelling(sections) : sections;
  return {
    budgetMs,
    guardsMs,
    path: criticalPath.join(' > ').slice(0, MAX_PATH_LENGTH),
    ...(boundBy && {
      bound: {
        section: boundBy.section,
        ms: boundBy.durationMs,
        ...(boundBy.upstream !== undefined && { upstream: boundBy.upstream }),
        ...(boundBy.call !== undefined && { call: boundBy.call }),
      },
    }),
    sections: Object.fromEntries(told.map(section => [section.name, shortSection(section)])),
    ...(told.length < sections.length && { more: sections.length - told.length }),
  };
}

function mostTelling(sections: readonly SectionBar[]): readonly SectionBar[] {
  const weight = ({ outcome, durationMs }: SectionBar): number => (outcome === 'fresh' ? durationMs : Infinity);
  const chosen = new Set([...sections].sort((a, b) => weight(b) - weight(a) || 0).slice(0, MAX_SECTIONS));
  return sections.filter(section => chosen.has(section));
}

function shortSection({ startMs, durationMs, outcome, reason, calls }: SectionBar): ShortSection {
  const attempts = calls.reduce((sum, call) => sum + call.attempts.length, 0);
  const last = outcome === 'fresh' ? undefined : calls.at(-1)?.attempts.at(-1);
  return {
    ...(outcome !== undefined && { at: startMs, ms: durationMs, outcome }),
    ...(reason !== undefined && { reason }),
    ...(attempts > calls.length && { attempts }),
    ...(last !== undefined && { instance: last.instance }),
    ...(last !== undefined && last.status > 0 && { status: last.status }),
  };
}
