import { RequestContext, SectionTrace, UpstreamError } from 'guichet/kernel';
import {
  type AnswerReader,
  Attempt,
  type CallHandle,
  type CallSink,
  type Layer,
  type Staleness,
  type Step,
  type UpstreamRequest,
} from 'guichet/upstream';

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
  readonly outcomes: ({ readonly value: unknown; readonly staleness?: Staleness } | { readonly error: unknown })[] = [];

  succeed(value: unknown, staleness?: Staleness): void {
    this.outcomes.push(staleness === undefined ? { value } : { value, staleness });
  }

  fail(error: unknown): void {
    this.outcomes.push({ error });
  }
}

// One object, as a client's readers are: calls that are read alike may be taken for the same.
const EXAMPLE_READER: AnswerReader = { accept: '*/*', read: () => undefined };

/**
 * @returns a plain GET that a layer can be tried with; what matters to a test is given. Whether it changes anything, and may be
 * repeated, follows from method and key unless it is given, too
 */
export function exampleRequest(values: Partial<UpstreamRequest> = {}): UpstreamRequest {
  const { method = 'GET', idempotencyKey } = values;
  const isSafe = method === 'GET' || method === 'HEAD';
  return {
    upstream: 'example',
    method,
    template: '/things/:id',
    target: '/things/1',
    headers: [],
    body: undefined,
    contentType: undefined,
    idempotencyKey,
    isSafe,
    isRepeatable: isSafe || idempotencyKey !== undefined,
    isPublic: false,
    identity: undefined,
    identityKey: '',
    timeoutMs: 1_000,
    maxRetries: 1,
    isHedged: false,
    maxBytes: 1_000,
    schema: undefined,
    reader: EXAMPLE_READER,
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
      const step = layer.wrap(inside);
      const handle = step.start(new Attempt(ending('/things/1')), outside);
      return { inside, outside, handle, held, step };
    }

    /** A call that ends some day, so that a layer that watches the time does, and is traced. */
    function ending(target: string): UpstreamRequest {
      const request = new RequestContext('example-request', 0);
      return exampleRequest({ target, context: { request, deadlineAt: 1e6, trace: new SectionTrace('example') } });
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

    it('forwards how old a value is', () => {
      const { inside, outside } = enter();
      const staleness = { ageMs: 5, reason: 'circuit-open' };
      inside.started[0]!.sink.succeed('old', staleness);
      expect(outside.outcomes).toEqual([{ value: 'old', staleness }]);
    });

    it('keeps calls apart', () => {
      const { inside, outside, handle, held, step } = enter();
      const others = [2, 3].map(id => {
        const sink = new RecordingSink();
        step.start(new Attempt(ending(`/things/${id}`)), sink);
        return sink;
      });
      expect(inside.started).toHaveLength(3);
      inside.started[2]!.sink.succeed('third');
      handle.cancel();
      inside.started[1]!.sink.succeed('second');
      expect(inside.started.map(({ isCancelled }) => isCancelled)).toEqual([true, false, false]);
      expect([outside, ...others].map(({ outcomes }) => outcomes)).toEqual([
        [],
        [{ value: 'second' }],
        [{ value: 'third' }],
      ]);
      expect(held()).toBe(0);
    });

    it('ends a call that the client left', () => {
      const { inside, handle, held } = enter();
      inside.started[0]!.attempt.request.context.request.depart();
      handle.cancel();
      expect(inside.started[0]!.isCancelled).toBe(true);
      expect(held()).toBe(0);
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
