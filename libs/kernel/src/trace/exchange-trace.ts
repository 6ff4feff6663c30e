import type { CallTrace } from './call-trace.js';
import type { TracedCalls } from './traced-calls.js';

/** What happened in one exchange of a pass-through route: the one call that hands it through, with its attempts. */
export class ExchangeTrace implements TracedCalls {
  /** Empty where nothing was asked of the upstream. */
  readonly calls: CallTrace[] = [];
}
