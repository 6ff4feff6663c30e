import type { CallContext } from 'guichet/kernel';

/** The axios option that carries a call's context from where the call is made to the adapter. */
export const CONTEXT_OPTION = 'upstreamContext';

/** A context on its way through axios' options. A class of its own, since axios copies plain objects as it merges options. */
export class BoundContext {
  constructor(readonly context: CallContext) {}
}
