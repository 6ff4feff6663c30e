import type { CallTrace, PageTrace, SectionTrace } from 'guichet/kernel';

/**
 * Finds what the answer waited for: the section that ended last, the need of it that ended last, and so on.
 * @param until  the instant up to which the trace is told, for what has not ended
 * @returns the sections' places in the plan, in the order they ran; empty where none ran
 */
export function criticalPath({ plan, sections }: PageTrace, until: number): readonly number[] {
  const path: number[] = [];
  let last = latest(sections, until, undefined);
  while (last !== undefined) {
    path.unshift(last);
    const { needs } = plan.sections[last]!;
    last = needs.length === 0 ? undefined : latest(sections, until, needs);
  }
  return path;
}

/** What took a page so long. */
export interface Bottleneck {
  /** Of the critical path, the section that took longest: its place in the plan. */
  readonly section: number;
  readonly durationMs: number;
  /** Of it, the call that took longest; undefined where it made none. */
  readonly call: CallTrace | undefined;
}

/**
 * @param path  the critical path
 * @returns undefined where nothing ran
 */
export function bottleneck({ sections }: PageTrace, path: readonly number[], until: number): Bottleneck | undefined {
  let found: number | undefined;
  let longestMs = -1;
  for (const index of path) {
    const { launchedAt, endedAt } = sections[index]!;
    const durationMs = launchedAt === undefined ? 0 : (endedAt ?? until) - launchedAt;
    if (durationMs <= longestMs) continue;
    found = index;
    longestMs = durationMs;
  }
  if (found === undefined) return undefined;
  return { section: found, durationMs: longestMs, call: longestCall(sections[found]!, until) };
}

/** @param among  names; undefined: all */
function latest(
  sections: readonly SectionTrace[],
  until: number,
  among: readonly string[] | undefined,
): number | undefined {
  let found: number | undefined;
  let foundEnd = 0;
  for (let index = 0; index < sections.length; index++) {
    const { name, outcome, launchedAt, endedAt = until } = sections[index]!;
    // One that was skipped took no time; nobody waited for it.
    if (outcome === undefined || (launchedAt === undefined && outcome === 'omitted')) continue;
    if (among !== undefined && !among.includes(name)) continue;
    if (found !== undefined && endedAt <= foundEnd) continue;
    found = index;
    foundEnd = endedAt;
  }
  return found;
}

function longestCall({ calls }: SectionTrace, until: number): CallTrace | undefined {
  let found: CallTrace | undefined;
  let longestMs = -1;
  for (const call of calls) {
    const durationMs = (call.endedAt ?? until) - call.startedAt;
    if (durationMs <= longestMs) continue;
    found = call;
    longestMs = durationMs;
  }
  return found;
}
