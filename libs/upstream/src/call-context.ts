import { type CallContext, currentContext } from 'guichet/kernel';

/**
 * The context of a call that is being made: the one it is bound to, else the one that is current.
 * @param client  how the client would be written, for the message: `catalog`
 * @throws Error  if there is neither, saying what to write instead
 */
export function requireContext(bound: CallContext | undefined, client: string): CallContext {
  const context = bound ?? currentContext();
  if (context === undefined) {
    throw new Error(
      `a call of "${client}" was made without a context. Inside a page's load, call it synchronously; in a later callback or ` +
        `after an await, write client.in(ctx), with the ctx that load gets as its last argument; outside of any page, ` +
        `write client.in(detachedContext({ deadlineMs })).`,
    );
  }
  return context;
}
