import { check } from 'guichet/kernel';
import type { PageRun } from './page-run.js';
import type { PagePlan } from './plan.js';
import { SECTIONS_KEY, type SectionState } from './section-state.js';

/** What a page answers with, before it is bytes. */
export interface Assembled {
  /** The payload, with `_sections` in it where a section is not fresh and whole. */
  readonly envelope: object;
  /** Whether no section is fallback or omitted: the header `Page-Complete`. Internal sections count. */
  readonly isComplete: boolean;
}

/**
 * Room 10: results → view → shape → envelope.
 * @throws TypeError  if the view or the shape makes something that cannot be sent: a bug of the page
 */
export function assemble({ plan, values, states }: PageRun): Assembled {
  const sections: Record<string, unknown> = {};
  let notWhole: Record<string, SectionState> | undefined;
  let isComplete = true;
  for (const { name, slot, index, isInternal } of plan.sections) {
    const state = states[index];
    if (state !== undefined) {
      if (state.state !== 'stale') isComplete = false;
      if (!isInternal) (notWhole ??= {})[name] = state;
    }
    if (!isInternal) sections[name] = values[slot];
  }
  const payload = shaped(plan, plan.view ? plan.view(sections) : sections);
  return { envelope: notWhole ? { ...payload, [SECTIONS_KEY]: notWhole } : payload, isComplete };
}

function shaped(plan: PagePlan, payload: unknown): object {
  const { shape } = plan.declaration;
  if (!shape) return object(plan, payload, 'view');
  const checked = check<unknown>(shape, payload);
  if (checked.ok) return object(plan, checked.value, 'shape');
  const issues = checked.issues.map(issue => `${issue.path}: ${issue.message}`).join('; ');
  throw new TypeError(`${plan.name}: the payload does not fit the page's shape: ${issues}`);
}

function object(plan: PagePlan, payload: unknown, from: 'view' | 'shape'): object {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    throw new TypeError(`${plan.name}: its ${from} must make an object`);
  if (SECTIONS_KEY in payload)
    throw new TypeError(`${plan.name}: its ${from} makes a key ${SECTIONS_KEY}, which the envelope reserves`);
  return payload;
}
