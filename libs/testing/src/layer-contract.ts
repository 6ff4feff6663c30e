import { RequestContext, UpstreamError } from 'guichet/kernel';
import { Attempt, type CallHandle, type CallSink, type Layer, type Step, type UpstreamRequest } from 'guichet/upstream';

/** Stands for what is inside of a layer: notes what is started and cancelled, and ends when the test says so. */
export class ManualStep implements Step {
  /** Every attempt that was started, with its sink and whether it was cancelled since. */
  readonly started: { readonly attempt: Attempt; readonly sink: CallSink<unknown>; isCancelled: boolean }[] = [];
  /** Called as an attempt starts: for outcomes that come before `start` returns. */
  onStart: ((sink: CallSink<unknown>) => void) | undefined = undefined;

  start(attempt: Attempt, sink: CallSink<unknown>): CallHandle {
    const entry = { attempt, sink, isCancelled: false };
    this.started.push(entry);
    this.onStart?.(sink);
    return {
      cancel: () => {
        entry.isCancelled = true;
      },
    };
  }
}

/** Notes every outcome it is told of. */
export class RecordingSink implements CallSink<unknown> {
  readonly outcomes: ({ readonly value: unknown } | { readonly error: unknown })[] = [];

  succeed(value: unknown): void {
    this.outcomes.push({ value });
  }

  fail(error: unknown): void {
    this.outcomes.push({ error });
  }
}

/** @returns a plain GET that a layer can be tried with; what matters to a test is given */
export function exampleRequest(values: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return {
    upstream: 'example',
    method: 'GET',
    template: '/things/:id',
    target: '/things/1',
    headers: [],
    body: undefined,
    contentType: undefined,
    idempotencyKey: undefined,
    isPublic: false,
    identity: undefined,
    identityKey: '',
    timeoutMs: 1_000,
    maxRetries: 1,
    isHedged: false,
    maxBytes: 1_000,
    schema: undefined,
    reader: { accept: '*/*', read: () => undefined },
    context: { request: new RequestContext('example-request', 0), deadlineAt: Infinity },
    ...values,
  };
}

/** A layer to be tried, and what it holds. */
export interface LayerUnderTest {
  readonly layer: Layer;
  /** @returns how many timers, counts and slots it holds for attempts that are in it; none must be left when none is */
  readonly held: () => number;
}

/**
 * The jest cases that every layer passes: values and errors go through, what is inside is let go on cancel, nothing is
 * held afterwards, and the outside hears of exactly one outcome. The layer must be in a state that lets a first call in.
 * @param make  a fresh layer for each case
 */
export function layerContract(name: string, make: () => LayerUnderTest): void {
  describe(`${name}, as a layer`, () => {
    const failure = new UpstreamError('upstream-status', 'example', 'answered 500', { status: 500 });

    function enter(onStart?: (sink: CallSink<unknown>) => void) {
      const { layer, held } = make();
      const inside = new ManualStep();
      inside.onStart = onStart;
      const outside = new RecordingSink();
      const handle = layer.wrap(inside).start(new Attempt(exampleRequest()), outside);
      return { inside, outside, handle, held };
    }

    it('starts what is inside once', () => {
      const { inside, handle } = enter();
      expect(inside.started).toHaveLength(1);
      handle.cancel();
    });

    it('forwards the value', () => {
      const { inside, outside, held } = enter();
      inside.started[0]!.sink.succeed('value');
      expect(outside.outcomes).toEqual([{ value: 'value' }]);
      expect(held()).toBe(0);
    });

    it('forwards the error as the same object', () => {
      const { inside, outside, held } = enter();
      inside.started[0]!.sink.fail(failure);
      expect(outside.outcomes).toHaveLength(1);
      expect((outside.outcomes[0] as { error: unknown }).error).toBe(failure);
      expect(held()).toBe(0);
    });

    it('forwards an outcome that comes while the inside is started', () => {
      const succeeded = enter(sink => sink.succeed('at once'));
      expect(succeeded.outside.outcomes).toEqual([{ value: 'at once' }]);
      expect(succeeded.held()).toBe(0);
      const failed = enter(sink => sink.fail(failure));
      expect(failed.outside.outcomes).toEqual([{ error: failure }]);
      expect(failed.held()).toBe(0);
    });

    it('lets go of the inside on cancel, and says nothing any more', () => {
      const { inside, outside, handle, held } = enter();
      handle.cancel();
      expect(inside.started[0]!.isCancelled).toBe(true);
      inside.started[0]!.sink.succeed('too late');
      inside.started[0]!.sink.fail(failure);
      expect(outside.outcomes).toEqual([]);
      expect(held()).toBe(0);
    });

    it('takes a second and a late cancel', () => {
      const cancelled = enter();
      cancelled.handle.cancel();
      cancelled.handle.cancel();
      expect(cancelled.held()).toBe(0);
      const finished = enter();
      finished.inside.started[0]!.sink.succeed('value');
      finished.handle.cancel();
      expect(finished.outside.outcomes).toEqual([{ value: 'value' }]);
      expect(finished.held()).toBe(0);
    });

    it('tells one outcome, whatever the inside says', () => {
      const { inside, outside, held } = enter();
      inside.started[0]!.sink.succeed('first');
      inside.started[0]!.sink.succeed('second');
      inside.started[0]!.sink.fail(failure);
      expect(outside.outcomes).toEqual([{ value: 'first' }]);
      expect(held()).toBe(0);
    });
  });
}
