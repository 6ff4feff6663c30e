import { Inject } from '@nestjs/common';
import type { CallContext } from 'guichet/kernel';
import { UpstreamRegistry } from './upstream-registry.js';
import type { UpstreamRuntime } from './upstream-runtime.js';

/** What the clients of every upstream have in common, whatever they speak. A client extends one of its kinds: `HttpUpstream`, … */
export abstract class UpstreamClient {
  /** Nest's; a client class needs no constructor. */
  @Inject(UpstreamRegistry) private readonly upstreamRegistry!: UpstreamRegistry;
  protected readonly boundContext?: CallContext;

  /**
   * The same client with every call bound to a context, for calls made where none is current.
   * The client is copied by prototype: its classes keep to TypeScript's `private`, since a copy has no `#private` fields.
   */
  in(context: CallContext): this {
    return Object.create(this, { boundContext: { value: context } }) as this;
  }

  /** The upstream as it runs. */
  protected runtime(): UpstreamRuntime {
    if (this.upstreamRegistry === undefined) {
      throw new Error(
        `${this.constructor.name} was not made by Nest: list it in UpstreamModule.forRoot({ clients: [${this.constructor.name}] }) and inject it`,
      );
    }
    return this.upstreamRegistry.runtimeOf(this.constructor);
  }
}
