import type { CallTrace, TracedPlan } from 'guichet/kernel';
import { CallWords } from './call-words.js';
import { PageWords } from './page-words.js';
import { RequestWords } from './request-words.js';

/** Declared calls whose words are remembered. */
const MAX_CALLS = 1_024;

/**
 * What spans say beside ids and instants. Putting it together anew for each was measured to be most of what a span costs, and most of
 * that in garbage: all that recurs is remembered, within bounds.
 */
export class TraceWords {
  readonly requests = new RequestWords();
  private readonly pages = new WeakMap<TracedPlan, PageWords>();
  /** By template: most templates are of one call. */
  private readonly calls = new Map<string, CallWords[]>();
  private callCount = 0;

  page(plan: TracedPlan): PageWords {
    let words = this.pages.get(plan);
    if (words === undefined) this.pages.set(plan, (words = new PageWords(plan)));
    return words;
  }

  call({ upstream, method, template }: CallTrace): CallWords {
    const alike = this.calls.get(template);
    const known = alike?.find(words => words.upstream === upstream && words.method === method);
    if (known !== undefined) return known;
    const words = new CallWords(upstream, method, template);
    if (this.callCount < MAX_CALLS) {
      this.callCount++;
      if (alike === undefined) this.calls.set(template, [words]);
      else alike.push(words);
    }
    return words;
  }
}
