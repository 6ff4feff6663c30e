import { type Cohort, UpstreamError } from 'guichet/kernel';
import type { Attempt, Caller } from '../attempt.js';
import { type Layer, NOTHING_TO_CANCEL, type Step } from '../layer.js';
import { Passage } from '../passage.js';
import type { StackParts } from '../stack-parts.js';
import type { Cohorts } from '../subsets/cohorts.js';
import type { Subset } from '../subsets/subset.js';
import type { Subsets } from '../subsets/subsets.js';
import type { CallHandle, CallSink } from '../upstream-call.js';
import type { Departure } from '../upstream-events.js';

/**
 * Sends a call to the subset of instances that its request's cohort is answered by, and to the default one where that subset cannot be
 * called or fails. A page leaves its cohort as a whole: where other calls of it were made there, it begins again. Stands
 * outside of singleflight, since calls of different subsets do not ask the same.
 * @see docs/decisions/0032-one-cohort-a-page.md
 */
export class SubsetLayer implements Layer {
  readonly name = 'subset';
  /** The failure that the budget was asked about last, and what it said. */
  private failure: unknown = undefined;
  private isGranted = false;

  constructor(
    readonly parts: StackParts,
    private readonly subsets: Subsets,
    private readonly cohorts: Cohorts,
  ) {}

  wrap(next: Step): Step {
    return { start: (attempt, sink) => this.enter(attempt, sink, next) };
  }

  private enter(attempt: Attempt, sink: CallSink<unknown>, next: Step): CallHandle {
    const { subsets, cohorts, parts } = this;
    const { request } = attempt.request.context;
    if (!subsets.isSplit && request.wish === undefined && request.cohort === undefined)
      return this.startDefault(attempt, sink, next);
    const isFirst = request.cohort === undefined;
    const cohort = cohorts.of(request);
    const asked = cohorts.like(request, subsets);
    if (isFirst) this.chooseAll(attempt, cohort, asked);
    if (cohort.hasLeft) return this.startDefault(attempt, sink, next);
    const chosen = chosenOf(attempt, cohort, subsets);
    if (chosen.isDefault) return this.startDefault(attempt, sink, next);
    const refusal = this.refusal(chosen, attempt, cohort);
    if (refusal === undefined) {
      cohort.strayed++;
      attempt.subset = chosen;
      parts.events?.sent(attempt, chosen.name);
      return new StrayedPassage(attempt, sink, next, this, cohort, chosen).go();
    }
    return this.leave(attempt, cohort, chosen, refusal, cohort.strayed === 0) === 'again'
      ? NOTHING_TO_CANCEL
      : this.startDefault(attempt, sink, next);
  }

  /**
   * Leaves a subset, and the cohort with it.
   * @param reason   a code, or `ejected`
   * @param isAlone  whether no other call of the request was made on such a subset
   * @returns what becomes of the request: `again`, and its calls are cancelled in a moment
   */
  leave(attempt: Attempt, cohort: Cohort, from: Subset, reason: string, isAlone: boolean): Departure {
    const { repeatable } = attempt.request.context.request;
    const departure = isAlone ? 'moved' : repeatable?.beginAgain() ? 'again' : 'mixed';
    cohort.hasLeft = true;
    if (departure === 'again') cohort.strayed = 0;
    this.parts.events?.fellBack(attempt, this.subsets.upstream, from.name, reason, departure);
    return departure;
  }

  /**
   * Asks the upstream's budget of further attempts, once for each failure: however many waited for the call that failed, what follows
   * is shared again.
   */
  mayFollow(error: unknown, attempt: Attempt): boolean {
    if (error === this.failure) return this.isGranted;
    const { clock, retryBudget, events } = this.parts;
    this.failure = error;
    this.isGranted = retryBudget.claim(clock.now());
    if (!this.isGranted) events?.retryRefused(attempt);
    return this.isGranted;
  }

  /** The default subset takes the attempt. */
  toDefault(attempt: Attempt): void {
    attempt.subset = this.subsets.fallback(this.parts.clock.now());
    this.parts.events?.sent(attempt, attempt.subset.name);
  }

  private startDefault(attempt: Attempt, sink: CallSink<unknown>, next: Step): CallHandle {
    this.toDefault(attempt);
    return next.start(attempt, sink);
  }

  /** Why an attempt should not be made there. One request may try an ejected subset, with all of its calls that may be repeated. */
  private refusal(chosen: Subset, { request }: Attempt, cohort: Cohort): 'no-instances' | 'ejected' | undefined {
    const now = this.parts.clock.now();
    const refusal = chosen.refusal(now);
    if (refusal !== 'ejected' || !mayBeMadeAgain(request)) return refusal;
    const { upstream } = this.subsets;
    if (cohort.trialOf === undefined && chosen.outliers.isTrialDue(now)) cohort.trialOf = upstream;
    return cohort.trialOf === upstream ? undefined : refusal;
  }

  /**
   * With a request's first choice those are made for all upstreams that requests like it ask, so that weights that change meanwhile do
   * not divide it. Where one cannot be called as chosen, the cohort is left while that costs nothing.
   */
  private chooseAll(attempt: Attempt, cohort: Cohort, asked: Iterable<Subsets>): void {
    const now = this.parts.clock.now();
    for (const subsets of asked) {
      const chosen = chosenOf(attempt, cohort, subsets);
      if (subsets === this.subsets || chosen.isDefault) continue;
      const refusal = chosen.refusal(now);
      if (refusal === undefined || (refusal === 'ejected' && chosen.outliers.isTrialDue(now))) continue;
      if (!cohort.hasLeft) this.parts.events?.fellBack(attempt, subsets.upstream, chosen.name, refusal, 'moved');
      cohort.hasLeft = true;
    }
  }
}

/** A call on another subset than the default one. */
class StrayedPassage extends Passage {
  private readonly deadlineAt: number;
  private readonly caller: Caller;
  private hasMoved = false;

  constructor(
    attempt: Attempt,
    sink: CallSink<unknown>,
    private readonly next: Step,
    private readonly layer: SubsetLayer,
    private readonly cohort: Cohort,
    private readonly subset: Subset,
  ) {
    super(attempt, sink);
    // Inside, a shared call has the attempt run by its own.
    this.deadlineAt = attempt.deadlineAt;
    this.caller = attempt.caller;
  }

  go(): this {
    this.enter(this.next);
    return this;
  }

  protected override recovered(error: unknown): boolean {
    if (this.hasMoved || !(error instanceof UpstreamError)) return false;
    const { attempt, layer, cohort } = this;
    // It is about to begin again.
    if (cohort.hasLeft && cohort.strayed === 0) return true;
    if (this.deadlineAt - layer.parts.clock.now() < 1) return false;
    if (error.code !== 'no-instances') {
      if (!isFailure(error) || attempt.isPartial || !mayBeMadeAgain(attempt.request)) return false;
      if (!layer.mayFollow(error, attempt)) return false;
    }
    this.hasMoved = true;
    const isAlone = cohort.strayed === 1 && !cohort.hasLeft;
    // It begins again: this call hears of nothing any more, and is cancelled in a moment.
    if (layer.leave(attempt, cohort, this.subset, error.code, isAlone) === 'again') return true;
    const further = attempt.another('fallback');
    further.deadlineAt = this.deadlineAt;
    further.caller = this.caller;
    layer.toDefault(further);
    this.enter(this.next, further);
    return true;
  }
}

/** The subset of an upstream that a request is answered by: once chosen it stays. */
function chosenOf(attempt: Attempt, cohort: Cohort, subsets: Subsets): Subset {
  const known = cohort.chosen.get(subsets.upstream);
  if (known !== undefined) return subsets.named(known)!;
  const { wish, principal } = attempt.request.context.request;
  const subset = subsets.choose(wish?.subset, principal, cohort.point);
  cohort.chosen.set(subsets.upstream, subset.name);
  return subset;
}

/** Whether a call may be made a second time if it fails. */
function mayBeMadeAgain({ isRepeatable, maxRetries, context }: Attempt['request']): boolean {
  return isRepeatable && maxRetries > 0 && !context.request.isRepetition;
}

/** Whether a failure is the instance's own, so that another version may do better. */
function isFailure({ code, status }: UpstreamError): boolean {
  switch (code) {
    case 'upstream-status':
      return status !== undefined && status >= 500;
    case 'upstream-timeout':
    case 'upstream-refused':
    case 'upstream-reset':
    case 'upstream-malformed':
    case 'upstream-too-large':
      return true;
    default:
      return false;
  }
}
