import type { BootProblem } from 'guichet/kernel';
import { chainsOver, describeTooLong, longestChain } from '../chains.js';
import type { PagePlan, SectionPlan } from '../plan.js';
import type { PageSettings } from './page-settings.js';

/** What settings make of a page. */
export interface PlanWithSettings {
  readonly plan: PagePlan;
  /** With any, the plan is of no use. */
  readonly problems: readonly BootProblem[];
}

/**
 * Works out the plan of a page under settings, and checks it as the boot does: what is required cannot be switched off, and its
 * chains of timeouts must fit the budget. Pure.
 * @param plan          as it was compiled
 * @param maxBudgetMs   what the app's end waits for: no page may take longer
 */
export function withSettings(plan: PagePlan, settings: PageSettings, maxBudgetMs: number): PlanWithSettings {
  const { budgetMs = plan.declaration.budgetMs, sections: said = {} } = settings;
  const sections = plan.sections.map((section): SectionPlan => {
    const { timeoutMs = section.timeoutMs, isOn = true } = said[section.name] ?? {};
    return { ...section, timeoutMs, isOn };
  });
  const problems: BootProblem[] = [];
  const add = (path: string, message: string, value: string, mend: string): void => {
    problems.push({ where: plan.name, path: `pages.${plan.name}.${path}`, message, value, mend });
  };
  if (budgetMs > maxBudgetMs)
    add(
      'budgetMs',
      'the end of the app would not wait that long',
      String(budgetMs),
      `set it to at most ${maxBudgetMs}, the largest budget that a page declares`,
    );
  for (const { name, isOn, isRequired } of sections)
    if (!isOn && isRequired)
      add(
        `sections.${name}.isOn`,
        'it is required and has no fallback, so the page would always fail',
        'false',
        'leave it on, or let the code make it optional or give it a fallback',
      );
  const byName = new Map(sections.map(section => [section.name, section]));
  const needsOf = ({ needs }: SectionPlan): SectionPlan[] => needs.map(name => byName.get(name)!);
  for (const chain of chainsOver(sections, needsOf, ({ isRequired }) => isRequired, budgetMs)) {
    const { message, value, mend } = describeTooLong(chain, ({ name }) => name, budgetMs);
    add(`sections.${chain.at(-1)!.name}`, message, value, mend);
  }
  return {
    problems,
    plan: {
      ...plan,
      declaration: budgetMs === plan.declaration.budgetMs ? plan.declaration : { ...plan.declaration, budgetMs },
      sections,
      switchedOff: sections
        .filter(({ isOn }) => !isOn)
        .map(({ index }) => index)
        .toReversed(),
      criticalPath: longestChain(sections, needsOf).map(({ name }) => name),
    },
  };
}
