import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import type { PageTrace, SectionTrace, TracedPlan } from 'guichet/kernel';
import { flagAttribute, numberAttribute, textAttribute, textsAttribute } from './attribute.js';
import {
  BOUND_BY_SECTION,
  CRITICAL_PATH,
  PAGE,
  PAGE_BUDGET,
  PAGE_CODE,
  PAGE_OUTCOME,
  SECTION,
  SECTION_REASON,
  SECTION_REQUIRED,
  SECTION_STATE,
} from './attributes.js';
import { INTERNAL, spanWords } from './span-words.js';

/** Critical paths of one page that are remembered. */
const MAX_PATHS = 64;
/** A path of the first sections has a number of its own; a bit a section. */
const MAX_NUMBERED = 30;

/** What the spans of one page and of its sections say. Most say what others said before, and that is remembered. */
export class PageWords {
  private readonly sections: { readonly bound: string; fresh: string | undefined }[];
  private readonly paths = new Map<number, string>();
  private complete: { readonly budgetMs: number; readonly words: string } | undefined;

  constructor(private readonly plan: TracedPlan) {
    this.sections = plan.sections.map(({ name }) => ({
      bound: textAttribute(BOUND_BY_SECTION, name),
      fresh: undefined,
    }));
  }

  /** Says how a page ended: attributes of its request's span. */
  ofPage({ outcome, code, budgetMs }: PageTrace): string {
    if (outcome !== 'complete') return this.ending(outcome, code, budgetMs);
    if (this.complete?.budgetMs !== budgetMs) {
      this.complete = { budgetMs, words: this.ending(outcome, code, budgetMs) };
    }
    return this.complete.words;
  }

  /** Says of a section how it ended. */
  ofSection(index: number, section: SectionTrace): string {
    const { isRequired } = this.plan.sections[index]!;
    if (section.outcome !== 'fresh') return sectionWords(section, isRequired);
    return (this.sections[index]!.fresh ??= sectionWords(section, isRequired));
  }

  /** Says what the answer waited for: sections by their places. */
  ofPath(path: readonly number[]): string {
    const number = path.at(-1)! < MAX_NUMBERED ? path.reduce((bits, index) => bits | (1 << index), 0) : undefined;
    const known = number === undefined ? undefined : this.paths.get(number);
    if (known !== undefined) return known;
    const words = textsAttribute(
      CRITICAL_PATH,
      path.map(index => this.plan.sections[index]!.name),
    );
    if (number !== undefined && this.paths.size < MAX_PATHS) this.paths.set(number, words);
    return words;
  }

  /** Says which section bounded the page. */
  boundBy(section: number): string {
    return this.sections[section]!.bound;
  }

  private ending(outcome: PageTrace['outcome'], code: PageTrace['code'], budgetMs: number): string {
    return [
      textAttribute(PAGE, this.plan.name),
      ...(outcome === undefined ? [] : [textAttribute(PAGE_OUTCOME, outcome)]),
      ...(code === undefined ? [] : [textAttribute(PAGE_CODE, code)]),
      numberAttribute(PAGE_BUDGET, budgetMs),
    ].join(',');
  }
}

function sectionWords({ name, outcome, reason }: SectionTrace, isRequired: boolean): string {
  const isError = outcome === 'failed';
  return spanWords(`section ${name}`, INTERNAL, isError, [
    textAttribute(SECTION, name),
    flagAttribute(SECTION_REQUIRED, isRequired),
    ...(outcome === undefined ? [] : [textAttribute(SECTION_STATE, outcome)]),
    ...(reason === undefined ? [] : [textAttribute(SECTION_REASON, reason)]),
    ...(isError && reason !== undefined ? [textAttribute(ATTR_ERROR_TYPE, reason)] : []),
  ]);
}
