import type { CallContext } from './request-context.js';

// A plain variable, as Angular's inject(): it is set only while code runs synchronously, so it cannot leak into a
// callback of somebody else's request, as AsyncLocalStorage read on subscription does.
let current: CallContext | undefined;

/** @returns the context of the code that runs now, or undefined in a later callback, after an `await` or outside a page */
export function currentContext(): CallContext | undefined {
  return current;
}

/**
 * Makes a context current and hands back the one before, which the caller must put back in a `finally`.
 * For the engine; everybody else uses {@link runInContext}.
 */
export function swapContext(next: CallContext | undefined): CallContext | undefined {
  const previous = current;
  current = next;
  return previous;
}

/** Runs a function with a context current; what the function does after it returned no longer has it. */
export function runInContext<T>(context: CallContext, run: () => T): T {
  const previous = swapContext(context);
  try {
    return run();
  } finally {
    swapContext(previous);
  }
}
