import { type CallContext, UpstreamError } from 'guichet/kernel';
import { type CallHandle, type CallSink, UpstreamCall } from '../upstream-call.js';
import type { UpstreamClient } from '../upstream-client.js';
import type { Batch } from './batch.js';

/** A call for one key that is made together with those for others. */
export class BatchCall<C extends UpstreamClient, K, V> extends UpstreamCall<V> {
  private readonly id: string | number;

  /** @param isRequired  whether a key that the answer does not have fails as a 404 would; else it is undefined */
  constructor(
    private readonly batch: Batch<C, K, NonNullable<V>>,
    private readonly client: C,
    private readonly key: K,
    private readonly context: CallContext,
    private readonly upstream: string,
    private readonly isRequired: boolean,
  ) {
    super();
    this.id = batch.idOf(key);
  }

  override start(sink: CallSink<V>): CallHandle {
    const { batch, client, id, key, context } = this;
    if (!this.isRequired) return batch.add(client, id, key, context, sink as CallSink<unknown>);
    return batch.add(client, id, key, context, {
      succeed: value => {
        if (value !== undefined) sink.succeed(value);
        else {
          const message = 'answered a batch without one of its keys';
          sink.fail(new UpstreamError('upstream-status', this.upstream, message, { status: 404 }));
        }
      },
      fail: error => sink.fail(error),
    });
  }
}
