import { type Clock, UpstreamError } from 'guichet/kernel';
import { OUTLIER_DEFAULTS, OutlierDetector, pickByCost } from 'guichet/resilience';
import type { Attempt } from '../attempt.js';
import { attemptScore } from '../attempt-score.js';
import type { Endpoint } from '../endpoint.js';
import type { EndpointGroup } from '../endpoint-group.js';
import { type Layer, NOTHING_TO_CANCEL, type Step } from '../layer.js';
import { type Outcome, Passage } from '../passage.js';
import type { StackParts } from '../stack-parts.js';
import { Subset } from '../subsets/subset.js';
import type { CallHandle, CallSink } from '../upstream-call.js';
import type { UpstreamConfig } from '../upstream-options.js';

/**
 * Picks the instance an attempt goes to, the cheaper of two taken at random by weight, and learns from what comes of it: how long
 * the instance takes, and whether it must be left out for a while. Stands outside the attempt timeout, so that a timeout is
 * the instance's.
 * @see docs/layers/balancer.md, docs/layers/outlier-ejection.md
 */
export class InstancePickLayer implements Layer {
  readonly name = 'instance-pick';

  constructor(private readonly parts: StackParts) {
    const { endpoints, settings } = parts;
    let ejection = ejectionOf(settings.config);
    this.judge(endpoints.groups, ejection);
    settings.onChange(config => {
      const changed = ejectionOf(config);
      if (JSON.stringify(changed) === JSON.stringify(ejection)) return;
      ejection = changed;
      this.judge(endpoints.groups, ejection);
    });
  }

  wrap(next: Step): Step {
    return { start: (attempt, sink) => this.enter(attempt, sink, next) };
  }

  private enter(attempt: Attempt, sink: CallSink<unknown>, next: Step): CallHandle {
    const now = this.parts.clock.now();
    const endpoint = this.pick(attempt, now);
    if (endpoint === undefined) {
      sink.fail(new UpstreamError('no-instances', attempt.request.upstream, 'no instance to call'));
      return NOTHING_TO_CANCEL;
    }
    attempt.endpoint = endpoint;
    return new PickedPassage(attempt, sink, endpoint, this.parts, now).go(next);
  }

  private pick(attempt: Attempt, now: number): Endpoint | undefined {
    const { endpoints, random, settings } = this.parts;
    const { outliers, list } = attempt.subset ?? endpoints;
    outliers.refresh(now);
    // One that was given up is tried again with a call that may then be made elsewhere.
    const mayTry = attempt.number === 1 && settings.config.maxRetries > 0 && attempt.request.isRepeatable;
    const onTrial = mayTry ? outliers.claimTrial(now) : undefined;
    return onTrial ?? pickByCost(list, now, random, attempt.avoided);
  }

  private judge(groups: readonly EndpointGroup[], options: typeof OUTLIER_DEFAULTS): void {
    for (const group of groups) {
      // All may go where there is another subset to fall back to.
      const mayAllGo = group instanceof Subset && !group.isDefault && options.maxEjectedRatio > 0;
      group.judgeBy(this.detector(mayAllGo ? { ...options, maxEjectedRatio: 1 } : options));
    }
  }

  private detector(options: typeof OUTLIER_DEFAULTS): OutlierDetector<Endpoint> {
    const { events, latency, upstream } = this.parts;
    return new OutlierDetector<Endpoint>(options, (endpoint, state, now) => {
      // What it was like before says nothing.
      if (state.kind === 'serving') endpoint.latency.reset(latency.medianMs(now), now);
      events?.instanceChanged(upstream, endpoint, state.kind);
    });
  }
}

class PickedPassage extends Passage {
  private readonly clock: Clock;

  constructor(
    attempt: Attempt,
    sink: CallSink<unknown>,
    private readonly endpoint: Endpoint,
    private readonly parts: StackParts,
    private readonly startedAt: number,
  ) {
    super(attempt, sink);
    this.clock = parts.clock;
  }

  go(next: Step): this {
    this.endpoint.outstanding++;
    this.enter(next);
    return this;
  }

  protected override left(outcome: Outcome, error: unknown): void {
    const { endpoint, attempt } = this;
    const { outliers } = endpoint.group;
    const now = this.clock.now();
    const elapsedMs = attempt.elapsedMs(this.startedAt, now);
    endpoint.outstanding--;
    if (outcome === 'succeeded') {
      endpoint.latency.observe(elapsedMs, now);
      outliers.succeeded(endpoint, now);
      return;
    }
    const medianMs = this.parts.latency.medianMs(now);
    switch (attemptScore(attempt, outcome, error, elapsedMs, medianMs)) {
      case 'success':
        endpoint.latency.observe(elapsedMs, now);
        outliers.succeeded(endpoint, now);
        break;
      case 'failure':
        if (isOfTime(outcome, error)) endpoint.latency.observeAtLeast(elapsedMs, now);
        else endpoint.latency.observeFailure(elapsedMs, medianMs, now);
        outliers.failed(endpoint, now);
        break;
      case 'nothing':
        if (attempt.isOutrun) endpoint.latency.observeAtLeast(elapsedMs, now);
        outliers.cancelled(endpoint);
    }
  }
}

/** Whether an attempt failed by its time alone: it would have taken at least that long. */
function isOfTime(outcome: Outcome, error: unknown): boolean {
  if (outcome === 'cancelled') return true;
  return error instanceof UpstreamError && (error.code === 'upstream-timeout' || error.code === 'deadline-exceeded');
}

function ejectionOf(config: UpstreamConfig): typeof OUTLIER_DEFAULTS {
  return {
    failuresInRow: config.ejectionFailures,
    failureRatio: config.ejectionFailureRatio,
    minCalls: config.ejectionMinCalls,
    ejectionMs: config.ejectionMs,
    maxEjectionMs: Math.max(config.ejectionMs, config.ejectionMaxMs),
    maxEjectedRatio: config.ejection ? config.ejectedMaxRatio : 0,
    warmUpMs: config.warmUpMs,
    trialEveryMs: Math.min(OUTLIER_DEFAULTS.trialEveryMs, config.ejectionMs),
  };
}
