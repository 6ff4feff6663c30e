import { Inject } from '@nestjs/common';
import type { CallContext } from 'guichet/kernel';
import type { Batch } from './batch/batch.js';
import { BatchCall } from './batch/batch-call.js';
import { requireContext } from './call-context.js';
import type { UpstreamCall } from './upstream-call.js';
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

  /** Asks for the value of one key, together with other keys; fails as a 404 would where the upstream does not have it. */
  protected one<K, V>(batch: Batch<this, K, V>, key: K): UpstreamCall<V> {
    return this.batched<K, V>(batch as Batch<this, K, NonNullable<V>>, key, true);
  }

  /** The same, for what may not be there: undefined then. */
  protected maybe<K, V>(batch: Batch<this, K, V>, key: K): UpstreamCall<V | undefined> {
    return this.batched<K, V | undefined>(batch as Batch<this, K, NonNullable<V>>, key, false);
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

  /**
   * The context that a call made now has.
   * @throws Error  where there is none, saying what to write instead
   */
  protected context({ name }: UpstreamRuntime): CallContext {
    return requireContext(this.boundContext, name);
  }

  private batched<K, V>(batch: Batch<this, K, NonNullable<V>>, key: K, isRequired: boolean): UpstreamCall<V> {
    const runtime = this.runtime();
    return new BatchCall<this, K, V>(batch, this, key, this.context(runtime), runtime.name, isRequired);
  }
}
