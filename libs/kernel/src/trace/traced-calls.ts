import type { CallTrace } from './call-trace.js';

/** Where calls are written down as they are made: a section of a page, or an exchange of a route. */
export interface TracedCalls {
  readonly calls: CallTrace[];
}
