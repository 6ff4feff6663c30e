import type { BootProblem, LiveOverride, LivePart, LiveValue, PreparedSettings } from 'guichet/kernel';
import type { z } from 'zod';
import type { PagePlan } from '../plan.js';
import { type PagesSettings, pagesSettingsSchema } from './page-settings.js';
import { withSettings } from './with-settings.js';

/** A page, as it was compiled and as it holds. */
export interface LivePage {
  readonly plan: PagePlan;
  readonly live: LiveValue<PagePlan> | undefined;
}

/** Lets documents change times of an app's pages and switch sections off, over what the app declares. */
export class LivePages implements LivePart<PagesSettings> {
  readonly name = 'pages';
  readonly schema: z.ZodType<PagesSettings>;
  private readonly maxBudgetMs: number;

  constructor(private readonly pages: readonly LivePage[]) {
    const plans = pages.map(({ plan }) => plan);
    this.schema = pagesSettingsSchema(plans);
    this.maxBudgetMs = Math.max(0, ...plans.map(({ declaration }) => declaration.budgetMs));
  }

  prepare(settings: PagesSettings = {}): PreparedSettings {
    const problems: BootProblem[] = [];
    const values = new Map<LiveValue<unknown>, unknown>();
    const overrides: LiveOverride[] = [];
    for (const { plan, live } of this.pages) {
      const said = settings[plan.name];
      const changed = said === undefined ? { plan, problems: [] } : withSettings(plan, said, this.maxBudgetMs);
      problems.push(...changed.problems);
      if (live) values.set(live, changed.plan);
      overrides.push(...overridesOf(plan.name, said));
    }
    return { problems, values, apply: () => {}, overrides };
  }
}

function overridesOf(page: string, said: PagesSettings[string]): LiveOverride[] {
  const where = `page ${page}`;
  const { budgetMs, sections = {} } = said ?? {};
  const ofSections = Object.entries(sections).flatMap(([name, section]) =>
    Object.entries(section ?? {}).map(([option, value]) => ({ where, path: `sections.${name}.${option}`, value })),
  );
  return [...(budgetMs === undefined ? [] : [{ where, path: 'budgetMs', value: budgetMs }]), ...ofSections];
}
