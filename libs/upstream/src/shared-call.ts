import { Flight, type Follower } from 'guichet/resilience';
import type { Attempt, Caller } from './attempt.js';
import { freezeValue } from './freeze-value.js';
import type { Step } from './layer.js';
import type { SharedCalls } from './shared-calls.js';
import type { Subset } from './subsets/subset.js';
import type { CallHandle, CallSink, Staleness } from './upstream-call.js';
import type { UpstreamRequest } from './upstream-request.js';

/**
 * A call that several may wait for. Whoever asked first holds this object, and is a follower like the others: one object is
 * the flight, its first follower, the sink for what is inside and the handle for the first one's outside.
 */
export class SharedCall
  extends Flight<SharedCall>
  implements Follower<SharedCall>, CallSink<unknown>, CallHandle, Caller
{
  readonly request: UpstreamRequest;
  /** The instances it may go to; undefined: all. */
  readonly subset: Subset | undefined;
  departed = false;
  flight: Flight<SharedCall> | null = null;
  followerNext: Follower<SharedCall> | null = null;
  followerPrevious: Follower<SharedCall> | null = null;
  /** The list's own: see {@link SharedCalls}. */
  olderCall: SharedCall | undefined = undefined;
  /** The list's own. */
  newerCall: SharedCall | undefined = undefined;
  private readonly first: Caller;
  private inner: CallHandle | undefined = undefined;
  private hasValue = false;
  private result: unknown = undefined;
  private staleness: Staleness | undefined = undefined;

  /**
   * @param attempt    the first one's; it becomes everybody's
   * @param deadlineAt the instant by which the call must end, whoever waits: milliseconds
   */
  constructor(
    attempt: Attempt,
    private readonly sink: CallSink<unknown>,
    private readonly calls: SharedCalls,
    deadlineAt: number,
    private readonly freezesAll: boolean,
  ) {
    super();
    this.request = attempt.request;
    this.subset = attempt.subset;
    this.first = attempt.caller;
    attempt.caller = this;
    attempt.deadlineAt = deadlineAt;
    this.join(this);
    calls.add(this);
  }

  go(next: Step, attempt: Attempt): this {
    const inner = next.start(attempt, this);
    if (this.isOpen) this.inner = inner;
    else inner.cancel();
    return this;
  }

  /** From inside. */
  succeed(value: unknown, staleness?: Staleness): void {
    if (!this.isOpen) return;
    this.hasValue = true;
    this.staleness = staleness;
    // One caller's change must not show at another's.
    this.result = this.freezesAll || this.size > 1 ? freezeValue(value) : value;
    this.end();
  }

  /** From inside. */
  fail(error: unknown): void {
    if (!this.isOpen) return;
    this.result = error;
    this.end();
  }

  /** From the first one's outside. */
  cancel(): void {
    if (this.leave(this)) this.abandon(this.first);
  }

  onSettled(): void {
    this.tell(this.sink);
  }

  /** Tells somebody how it ended. */
  tell(sink: CallSink<unknown>): void {
    if (this.hasValue) sink.succeed(this.result, this.staleness);
    else sink.fail(this.result);
  }

  /** The last of all has left. */
  abandon(last: Caller): void {
    this.departed = last.departed;
    this.calls.remove(this);
    this.inner?.cancel();
  }

  private end(): void {
    this.calls.remove(this);
    this.settle(this);
  }
}

/** One who came later. */
export class LateFollower implements Follower<SharedCall>, CallHandle {
  flight: Flight<SharedCall> | null = null;
  followerNext: Follower<SharedCall> | null = null;
  followerPrevious: Follower<SharedCall> | null = null;

  constructor(
    private readonly call: SharedCall,
    private readonly sink: CallSink<unknown>,
    private readonly caller: Caller,
  ) {
    call.join(this);
  }

  onSettled(call: SharedCall): void {
    call.tell(this.sink);
  }

  cancel(): void {
    if (this.call.leave(this)) this.call.abandon(this.caller);
  }
}
