import { type CallContext, type CallDeprecationOptions, currentContext } from 'guichet/kernel';
import type { UpstreamClient } from '../upstream-client.js';
import { noteDeprecation, WHOLE } from './declared-deprecations.js';
import type { DeprecatedCalls } from './deprecated-calls.js';

/** Fits classes and methods of clients, and changes the types of neither. */
interface DeprecatedDecorator {
  // oxlint-disable-next-line typescript/no-explicit-any -- any client, whatever its constructor takes
  <C extends abstract new (...args: any[]) => UpstreamClient>(target: C): void;
  // oxlint-disable-next-line typescript/no-explicit-any -- any method
  <M extends (...args: any[]) => unknown>(
    target: UpstreamClient,
    method: string,
    descriptor: TypedPropertyDescriptor<M>,
  ): void;
}

/** What of a client its own classes alone see. */
interface Inside {
  readonly boundContext?: CallContext;
  readonly constructor: { readonly name: string };
  runtime(): { readonly deprecatedCalls: DeprecatedCalls | undefined };
}

/**
 * Says that a call's time is over, on the client's method that makes it; on the client's class, that the whole upstream's is. Pages
 * that use it stay as they are: it is counted and logged who does, and `guichet map` names them.
 * ```ts
 * @Deprecated({ since: '2026-10-01', sunset: '2027-04-01', successor: 'quotes' })
 * quote(sku: string) { return this.get('/prices/:sku', { params: { sku }, schema: quoteSchema }); }
 * ```
 */
export function Deprecated(options: CallDeprecationOptions): DeprecatedDecorator {
  return (target: object, method?: string, descriptor?: PropertyDescriptor): void => {
    if (method === undefined || descriptor === undefined) {
      noteDeprecation(target, WHOLE, options);
      return;
    }
    noteDeprecation(target.constructor, method, options);
    const call = descriptor.value as (...args: unknown[]) => unknown;
    descriptor.value = function counted(this: Inside, ...args: unknown[]): unknown {
      const { deprecatedCalls } = this.runtime();
      deprecatedCalls?.useOfMethod(this.constructor, method, this.boundContext ?? currentContext());
      return call.apply(this, args);
    };
  };
}
