import { UpstreamError } from 'guichet/kernel';
import { type CallHandle, type CallSink, type Staleness, UpstreamCall } from 'guichet/upstream';

/** A call that a test answers by hand. It notes how often it was started and cancelled. */
export class FakeCall<T> extends UpstreamCall<T> {
  started = 0;
  cancelled = 0;
  private sink: CallSink<T> | undefined;

  override start(sink: CallSink<T>): CallHandle {
    this.started++;
    this.sink = sink;
    return { cancel: () => void this.cancelled++ };
  }

  succeed(value: T, staleness?: Staleness): void {
    this.sink!.succeed(value, staleness);
  }

  fail(code: UpstreamError['code']): void {
    this.sink!.fail(failure(code));
  }
}

/** How an upstream fails. */
export function failure(code: UpstreamError['code'], status?: number): UpstreamError {
  return new UpstreamError(code, 'fake', 'as the test says', { status });
}
