import type { Waterfall } from '../../waterfall/waterfall.js';
import type { AttributeSink } from './attribute-sink.js';
import {
  BOUND_BY_CALL,
  BOUND_BY_SECTION,
  BOUND_BY_UPSTREAM,
  CRITICAL_PATH,
  PAGE,
  PAGE_BUDGET,
  PAGE_CODE,
  PAGE_GUARDS,
  PAGE_OUTCOME,
  RESPONSE_BODY_SIZE,
} from './attributes.js';

/** Says how a page ended, and what it waited for. */
export function tellPage(page: Waterfall, to: AttributeSink): void {
  const { outcome, code, budgetMs, guardsMs, bytes, criticalPath, boundBy } = page;
  to.text(PAGE, page.page);
  if (outcome !== undefined) to.text(PAGE_OUTCOME, outcome);
  if (code !== undefined) to.text(PAGE_CODE, code);
  to.number(PAGE_BUDGET, budgetMs);
  to.number(PAGE_GUARDS, guardsMs);
  if (bytes > 0) to.number(RESPONSE_BODY_SIZE, bytes);
  if (criticalPath.length > 0) to.texts(CRITICAL_PATH, criticalPath);
  if (boundBy === undefined) return;
  to.text(BOUND_BY_SECTION, boundBy.section);
  if (boundBy.upstream === undefined) return;
  to.text(BOUND_BY_UPSTREAM, boundBy.upstream);
  to.text(BOUND_BY_CALL, boundBy.call!);
}
