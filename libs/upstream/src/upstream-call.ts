import { Observable, type Subscriber } from 'rxjs';

/** That an answer was served past its time to live, and why. */
export interface Staleness {
  /** Milliseconds since the answer was fetched. */
  readonly ageMs: number;
  /** Why no fresh one could be had. */
  readonly reason: string;
}

/** Who gets the outcome of a started call: exactly one of the two, once, possibly before `start` returns. */
export interface CallSink<T> {
  succeed(value: T, staleness?: Staleness): void;
  /** @param error  an `UpstreamError`; anything else is a bug */
  fail(error: unknown): void;
}

/** A started call. */
export interface CallHandle {
  /** Ends it: nothing reaches the sink any more, and what it holds on the way to the upstream is let go. Safe to call twice or late. */
  cancel(): void;
}

/**
 * A call that has not been made yet: a cold Observable, made anew by every subscription, that emits one value and completes.
 * The page engine recognises it and starts it without RxJS. Its context was captured when the upstream's method was called.
 */
export abstract class UpstreamCall<T> extends Observable<T> {
  constructor() {
    super((subscriber: Subscriber<T>) => {
      const handle = this.start({
        succeed: value => {
          subscriber.next(value);
          subscriber.complete();
        },
        fail: error => subscriber.error(error),
      });
      return () => handle.cancel();
    });
  }

  /** Makes the call. */
  abstract start(sink: CallSink<T>): CallHandle;
}
