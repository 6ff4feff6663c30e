import { describePage, type OpenApiOperation, type PagePlan, type SectionPlan } from 'guichet/page';
import type { DeprecatedCallEnding } from './deprecations/deprecated-calls.js';
import { type DeprecatedFieldView, deprecatedFields } from './deprecations/deprecated-fields.js';
import type { DeprecationView } from './deprecations/deprecation.js';
import type { Deprecations } from './deprecations/deprecations.js';
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
  /** Of what it was seen to ask, what is deprecated. */
  readonly deprecatedCalls: readonly DeprecatedCallEnding[];
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
  /** That its time is over; undefined: it is not. */
  readonly deprecation: DeprecationView | undefined;
  /** Of its answer and its inputs, what is deprecated. */
  readonly deprecatedFields: readonly DeprecatedFieldView[];
}

/** Tells what was compiled of every page. */
export function pageViews(
  plans: readonly PagePlan[],
  observed: ObservedCalls,
  deprecations: Deprecations,
): readonly PageView[] {
  return plans.map(plan => pageView(plan, observed, deprecations));
}

function pageView(plan: PagePlan, observed: ObservedCalls, deprecations: Deprecations): PageView {
  const { name, declaration, inputs, sections, criticalPath } = plan;
  const operation = describePage(plan, { target: 'draft-2020-12' });
  return {
    name,
    method: declaration.method,
    path: `/${declaration.path}`,
    summary: declaration.summary,
    budgetMs: declaration.budgetMs,
    priority: declaration.priority ?? 'normal',
    cacheControl: declaration.cacheControl,
    inputs: inputs.map(({ source }) => source),
    parameters: parametersOf(operation),
    sections: sections.map(section => sectionView(section, plan, observed, deprecations)),
    criticalPath,
    deprecation: deprecations.ofPage(plan),
    deprecatedFields: deprecatedFields(operation),
  };
}

function sectionView(
  section: SectionPlan,
  { name: page, sections }: PagePlan,
  observed: ObservedCalls,
  deprecations: Deprecations,
): SectionView {
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
    deprecatedCalls: deprecations.ofSection(page, name),
  };
}

function parametersOf(operation: OpenApiOperation): readonly ParameterView[] {
  const described = operation['parameters'] as readonly {
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
