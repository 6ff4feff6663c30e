import { PageTrace } from 'guichet/kernel';

/** Calls of one section that are kept; a section that makes one for each item of a list makes any number. */
const MAX_CALLS = 32;

/**
 * Bounds what a kept trace holds. Others may still look at the given one, so it is not changed.
 * @returns the trace itself where it is small, else one with the first calls of each section, and how many were left out
 */
export function boundedTrace(trace: PageTrace): { readonly trace: PageTrace; readonly omittedCalls: number } {
  let omittedCalls = 0;
  for (const { calls } of trace.sections) omittedCalls += Math.max(0, calls.length - MAX_CALLS);
  if (omittedCalls === 0) return { trace, omittedCalls };
  const { plan, startedAt, enteredAt, budgetMs, outcome, code, bytes, endedAt } = trace;
  const bounded = new PageTrace(plan, startedAt, enteredAt, budgetMs);
  if (endedAt !== undefined && outcome !== undefined) bounded.end(endedAt, outcome, code, bytes);
  trace.sections.forEach((section, index) => {
    const copy = bounded.sections[index]!;
    copy.launchedAt = section.launchedAt;
    if (section.endedAt !== undefined && section.outcome !== undefined)
      copy.end(section.endedAt, section.outcome, section.reason);
    copy.calls.push(...section.calls.slice(0, MAX_CALLS));
  });
  return { trace: bounded, omittedCalls };
}
