import { z } from 'zod';
import { MAX_BUDGET_MS } from '../check-declaration.js';
import type { PagePlan } from '../plan.js';

/** What a document may say of one section. */
export const sectionSettingsSchema = z.strictObject({
  /** Milliseconds that its whole call may take, its retries included. */
  timeoutMs: z.number().int().min(1).max(MAX_BUDGET_MS).optional(),
  /** Whether it is run. Not: its fallback stands in, or it is left out. */
  isOn: z.boolean().optional(),
});

/** What a document may say of one page, beside its sections. */
export const pageSettingsSchema = z.strictObject({
  /** Milliseconds that the page may take, at most the largest budget that a page of the app declares. */
  budgetMs: z.number().int().min(1).max(MAX_BUDGET_MS).optional(),
});

/** What a document may say of one section. */
export type SectionSettings = Readonly<z.output<typeof sectionSettingsSchema>>;

/** What a document may say of one page. */
export type PageSettings = Readonly<z.output<typeof pageSettingsSchema>> & {
  /** By their names. */
  readonly sections?: Readonly<Record<string, SectionSettings | undefined>> | undefined;
};

/** What a document may say of an app's pages, by the names of their classes. */
export type PagesSettings = Readonly<Record<string, PageSettings | undefined>>;

/** @returns the schema of these pages: of no others, and of no sections but theirs */
export function pagesSettingsSchema(plans: readonly PagePlan[]): z.ZodType<PagesSettings> {
  return z.strictObject(Object.fromEntries(plans.map(plan => [plan.name, ofPage(plan).optional()])));
}

function ofPage({ sections }: PagePlan): z.ZodType<PageSettings> {
  const names = sections.map(({ name }) => [name, sectionSettingsSchema.optional()]);
  return pageSettingsSchema.extend({
    sections: z
      .strictObject(Object.fromEntries(names) as Record<string, z.ZodOptional<z.ZodType<SectionSettings>>>)
      .optional(),
  });
}
