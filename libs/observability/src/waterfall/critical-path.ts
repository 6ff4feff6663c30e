import type { SectionBar } from './waterfall.js';

/**
 * Finds what the answer waited for: the section that ended last, the need of it that ended last, and so on.
 * @param sections  in the plan's order, so that needs stand before who needs them
 * @returns in the order they ran; empty where none ran
 */
export function criticalPath(sections: readonly SectionBar[]): readonly SectionBar[] {
  const path: SectionBar[] = [];
  let last = latest(sections);
  while (last !== undefined) {
    path.unshift(last);
    const { needs } = last;
    last = latest(sections.filter(({ name }) => needs.includes(name)));
  }
  return path;
}

function latest(sections: readonly SectionBar[]): SectionBar | undefined {
  let found: SectionBar | undefined;
  for (const section of sections) {
    // One that was skipped took no time; nobody waited for it.
    if (section.outcome === undefined || (section.durationMs === 0 && section.outcome === 'omitted')) continue;
    if (found === undefined || endOf(section) > endOf(found)) found = section;
  }
  return found;
}

function endOf({ startMs, durationMs }: SectionBar): number {
  return startMs + durationMs;
}
