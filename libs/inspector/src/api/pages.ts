import { describePage, type PagePlan, type SectionPlan } from 'guichet/page';
import type { ObservedCall, ObservedCalls } from './observed-calls.js';

/** A need of a section. */
export interface NeedView {
  readonly section: string;
  /** Whether the section runs although this need is omitted. */
  readonly isTolerant: boolean;
}

/** One section of a page's graph. */
export interface SectionView {
  readonly name: string;
  readonly isRequired: boolean;
  readonly isInternal: boolean;
  /** Not, while an operator has switched it off. */
  readonly isOn: boolean;
  /** 0 for one that waits for nothing; it stands right of all its needs. */
  readonly level: number;
  readonly needs: readonly NeedView[];
  readonly timeoutMs: number | undefined;
  readonly hasFallback: boolean;
  /** What it was seen to ask. */
  readonly calls: readonly ObservedCall[];
}

/** A value that a page reads from its address or its headers. */
export interface ParameterView {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly isRequired: boolean;
  readonly description: string | undefined;
}

/** A page or a command as it was compiled. */
export interface PageView {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string | undefined;
  readonly budgetMs: number;
  readonly priority: string;
  readonly cacheControl: string | undefined;
  /** Where its inputs are read. */
  readonly inputs: readonly string[];
  readonly parameters: readonly ParameterView[];
  readonly sections: readonly SectionView[];
  /** By declared timeouts: names in order. */
  readonly criticalPath: readonly string[];
}

/** Tells what was compiled of every page. */
export function pageViews(plans: readonly PagePlan[], observed: ObservedCalls): readonly PageView[] {
  return plans.map(plan => pageView(plan, observed));
}

function pageView(plan: PagePlan, observed: ObservedCalls): PageView {
  const { name, declaration, inputs, sections, criticalPath } = plan;
  return {
    name,
    method: declaration.method,
    path: `/${declaration.path}`,
    summary: declaration.summary,
    budgetMs: declaration.budgetMs,
    priority: declaration.priority ?? 'normal',
    cacheControl: declaration.cacheControl,
    inputs: inputs.map(({ source }) => source),
    parameters: parametersOf(plan),
    sections: sections.map(section => sectionView(section, plan, observed)),
    criticalPath,
  };
}

function sectionView(section: SectionPlan, { name: page, sections }: PagePlan, observed: ObservedCalls): SectionView {
  const { name, index, isRequired, isInternal, isOn, level, needs, timeoutMs, fallback } = section;
  const tolerated = (need: string): boolean =>
    sections.find(other => other.name === need)?.dependants.some(one => one.index === index && one.isTolerant) ?? false;
  return {
    name,
    isRequired,
    isInternal,
    isOn,
    level,
    needs: [...new Set(needs)].map(need => ({ section: need, isTolerant: tolerated(need) })),
    timeoutMs,
    hasFallback: fallback !== undefined,
    calls: observed.of(page, name),
  };
}

function parametersOf(plan: PagePlan): readonly ParameterView[] {
  const described = describePage(plan, { target: 'draft-2020-12' })['parameters'] as readonly {
    name: string;
    in: ParameterView['in'];
    required?: boolean;
    description?: string;
  }[];
  return described.map(({ name, in: place, required = false, description }) => ({
    name,
    in: place,
    isRequired: required,
    description,
  }));
}
