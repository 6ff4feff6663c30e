import type { AttemptKind, AttemptTrace, CallTrace } from 'guichet/kernel';
import type { Endpoint } from './endpoint.js';
import type { Subset } from './subsets/subset.js';
import type { UpstreamRequest } from './upstream-request.js';

/** Who waits for a call's answer: a client's request, or all that share the call. */
export interface Caller {
  /** Whether nobody is there any more because the client went away, not because time was up. */
  readonly departed: boolean;
}

/** What an attempt occupies until its answer's head is there, where its body is handed on as it comes. */
export interface AttemptPlace {
  /** Gives the place back; the attempt goes on without. */
  vacate(): void;
}

/**
 * One try at a request: what travels inward through the layers. A call begins with one; a layer that tries again makes
 * {@link another}. Layers write down here what those outside of them need to know afterwards.
 */
export class Attempt {
  /** Where it goes: set by the instance pick. */
  endpoint: Endpoint | undefined = undefined;
  /** Milliseconds it may take in all: set by the attempt timeout, which ends it; sent as `X-Deadline-Ms`. */
  allowedMs = 0;
  /** Whether the answer's head arrived: from then on the upstream has done the work. Set by the transport. */
  isAnswered = false;
  /** Whether parts of its answer went to the caller already: nothing may repeat it then. */
  isPartial = false;
  /** The instances it may go to, where its upstream has subsets; undefined: all. Set by the subset layer. */
  subset: Subset | undefined = undefined;
  /** The attempts of its call so far, of the first of them. */
  private made = 1;
  /** Whether a second attempt was faster: it is then cancelled through no fault of its instance. Set by the hedging. */
  isOutrun = false;
  /** The instant its answer's head arrived, where the body is handed on as it comes; 0 before, and for answers that are collected. */
  answeredAt = 0;
  /** What is given back then: set by the bulkhead. */
  place: AttemptPlace | undefined = undefined;
  /** The answer's HTTP status, or what means the same; 0 before its head arrived. Set by the transport. */
  status = 0;
  /** Of the answer's body. Set by the transport. */
  bytes = 0;
  /** Where its call is written down, if anybody wants to know: set by the trace. */
  callTrace: CallTrace | undefined = undefined;
  /** Where it is written down itself. */
  trace: AttemptTrace | undefined = undefined;
  /** What it is known by to the upstream (W3C): set where the request's trace is recorded, else the request's own is sent. */
  traceparent: string | undefined = undefined;
  /** The instant its call came in, milliseconds: set by the deadline. What waited in between is later than that. */
  calledAt = 0;
  /** The instant by which its answer is of use, milliseconds: the caller's deadline, or a shared call's own. */
  deadlineAt: number;
  /** Who waits for it: the client's request, or all that share the call. */
  caller: Caller;

  /**
   * @param request  what is asked
   * @param number   1 for a call's first, and so on
   * @param avoided  an endpoint that must not be picked
   * @param kind     why it is made
   * @param before   the call's attempt that it follows
   */
  constructor(
    readonly request: UpstreamRequest,
    readonly number = 1,
    readonly avoided: Endpoint | undefined = undefined,
    readonly kind: AttemptKind = 'first',
    private readonly before: Attempt | undefined = undefined,
  ) {
    this.deadlineAt = request.context.deadlineAt;
    this.caller = request.context.request;
  }

  /** Whether the client went away: an attempt that is cancelled then says nothing about the upstream. */
  get isDeparted(): boolean {
    return this.caller.departed;
  }

  /**
   * The head of an answer arrived whose body is handed on as it comes: from here on how long it takes is the client's matter as well.
   * @param now  milliseconds
   */
  answered(now: number): void {
    this.isAnswered = true;
    this.answeredAt = now;
    if (this.trace !== undefined) this.trace.headAt = now;
    this.place?.vacate();
  }

  /** @returns milliseconds from `startedAt` until its answer was there: the whole of it, or its head where the body is handed on */
  elapsedMs(startedAt: number, now: number): number {
    return (this.answeredAt > 0 ? this.answeredAt : now) - startedAt;
  }

  /** A part of its answer goes to the caller: neither it nor the attempt that it follows may be repeated. For transports that stream. */
  handOver(): void {
    this.isPartial = true;
    this.before?.handOver();
  }

  /** @returns the next try at the same request, on another endpoint than this one's */
  another(kind: 'retry' | 'hedge' | 'fallback'): Attempt {
    const next = new Attempt(this.request, this.count(), this.endpoint, kind, this);
    next.deadlineAt = this.deadlineAt;
    next.caller = this.caller;
    next.calledAt = this.calledAt;
    next.callTrace = this.callTrace;
    next.place = this.place;
    next.subset = this.subset;
    return next;
  }

  private count(): number {
    return this.before === undefined ? ++this.made : this.before.count();
  }
}
