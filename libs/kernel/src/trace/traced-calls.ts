import type { CallTrace } from './call-trace.js';

/** Where calls are written down as they are made: a section of a page, or an exchange of a route. */
export interface TracedCalls {
  /** A section's; an exchange has none. */
  readonly name?: string;
  readonly calls: CallTrace[];
}
