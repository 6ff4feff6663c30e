import type { Clock, TimerHandle } from 'guichet/kernel';
import { type Observable, ReplaySubject } from 'rxjs';
import type { AddressPolicy } from './address-policy.js';
import { afterAnswer, afterFailure, afterIndexReset, type Belief, type Graces } from './belief.js';
import { Complaints } from './complaints.js';
import type { Cancellation } from './consul-connection.js';
import { describeConsulError, isRefused, policyRule } from './consul-error.js';
import { type HealthAnswer, readHealthAnswer } from './consul-entries.js';
import type { DiscoveryEvents } from './discovery-events.js';
import type { Instance, Snapshot } from './instance.js';
import type { DiscoveryLog } from './log.js';
import type { Pace } from './query-pace.js';
import { type WatchedAnswer, WatchLoop } from './watch-loop.js';

/** Asks Consul for a service; with an index, the answer waits for a change. */
export type HealthQuery = (
  service: string,
  index: string | undefined,
  cancellation: Cancellation,
) => Promise<{ index: unknown; body: unknown }>;

/** What a watch works with. */
export interface WatchParts {
  readonly query: HealthQuery;
  readonly graces: Graces;
  /** Which addresses are believed. */
  readonly policy: AddressPolicy;
  /** What an earlier process knew; used while Consul has not answered this one. */
  readonly remembered: readonly Instance[] | undefined;
  readonly pace: Pace;
  readonly clock: Clock;
  readonly log: DiscoveryLog;
  readonly events: DiscoveryEvents;
  /** Gives a number in [0, 1). */
  readonly random: () => number;
}

/** Milliseconds that a first answer may take before what an earlier process knew is used. */
const PATIENCE_MS = 1_000;

/**
 * Follows one service by blocking queries, one at a time, from `start` until `close`.
 * What is believed is decided in `belief.ts`, when is asked in `watch-loop.ts`; here is what an answer means.
 */
export class ServiceWatch {
  private readonly subject = new ReplaySubject<Snapshot>(1);
  private readonly loop: WatchLoop<unknown>;
  private belief: Belief | undefined;
  private latest: Snapshot | undefined;
  private index: string | undefined;
  private refused = '';
  private readonly complaints = new Complaints();
  private failing: string | undefined;
  private recheck: TimerHandle | undefined;
  private patience: TimerHandle | undefined;
  private isClosed = false;

  constructor(
    private readonly service: string,
    private readonly parts: WatchParts,
  ) {
    const { query, pace, clock, random } = parts;
    this.loop = new WatchLoop<unknown>({
      query: (index, cancellation) => query(service, index, cancellation),
      answered: answer => this.accept(answer),
      failed: error => this.fail(error),
      pace,
      clock,
      random,
    });
  }

  /** What is known, at once, and every change of content or state. */
  get snapshots(): Observable<Snapshot> {
    return this.subject.asObservable();
  }

  /** @returns the latest, with the instant of its last confirmation; undefined before the first */
  get snapshot(): Snapshot | undefined {
    return this.latest;
  }

  /** @returns why Consul cannot be asked now, in words that are safe to show; undefined where it can */
  get trouble(): string | undefined {
    return this.failing;
  }

  /** Follows the service. Call once; never rejects. */
  async start(): Promise<void> {
    this.patience = this.parts.clock.setTimer(() => this.remember(), PATIENCE_MS);
    await this.loop.start();
  }

  /** Ends the query under way and completes the snapshots. Safe to call twice. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.recheck?.clear();
    this.patience?.clear();
    this.loop.close();
    this.subject.complete();
  }

  private accept({ body, index, isReset, failuresBefore }: WatchedAnswer<unknown>): void {
    const answer = readHealthAnswer(this.service, body, this.parts.policy);
    this.patience?.clear();
    this.index = index;
    this.failing = undefined;
    this.complaints.end();
    if (isReset && this.belief) this.belief = afterIndexReset(this.belief);
    if (failuresBefore > 0) this.parts.log.info(`${this.service}: Consul answers again`);
    if (this.belief === undefined && answer.passing.length + answer.failing.size === 0) {
      // Before 1.11 Consul does not say that it hides nodes.
      const rule = policyRule('node_prefix', '', 'read');
      this.parts.log.info(
        `${this.service}: no instance is registered, or none on a node that the token may read (${rule})`,
      );
    }
    this.reportRefused(answer.refused);
    this.believe(answer);
  }

  private believe(answer: HealthAnswer): void {
    const { clock, graces, log, events } = this.parts;
    const now = clock.now();
    const held = this.belief?.hold;
    const belief = afterAnswer(this.belief, answer, now, graces);
    this.recheck?.clear();
    if (belief.hold) {
      this.recheck = clock.setTimer(() => this.believe(answer), belief.hold.until - now);
      if (belief.hold.until !== held?.until) {
        if (belief.hold.of === 'everything') {
          events.emptied(this.service, belief.instances.length, belief.hold.until - now);
        }
        log.warn(
          `${this.service}: Consul knows ${answer.passing.length} of ${belief.instances.length} instances, ` +
            `the others are kept for ${Math.round(belief.hold.until - now)} ms`,
        );
      }
    }
    this.publish(belief, now, this.index);
  }

  private fail(error: unknown): void {
    this.remember();
    this.index = undefined;
    this.recheck?.clear();
    const reason = describeConsulError(error, policyRule('service', this.service, 'read'));
    this.failing = reason;
    this.parts.events.queryFailed(this.service, reason);
    // However it does not answer; why it refuses is what its operator can mend.
    const does = isRefused(error) ? 'refuses' : 'does not answer';
    if (this.complaints.isNew(isRefused(error) ? reason : does)) {
      const kept = this.belief ? `keeping ${this.belief.instances.length} instances` : 'no instances known yet';
      this.parts.log.warn(`${this.service}: Consul ${does} (${reason}), ${kept}`);
    }
    if (this.belief && this.latest) this.publish(afterFailure(this.belief), this.latest.confirmedAt, this.latest.index);
  }

  /** Consul has not answered yet: what an earlier process knew is better than nothing. */
  private remember(): void {
    const { remembered, clock, log } = this.parts;
    if (this.belief || !remembered || this.isClosed) return;
    log.warn(`${this.service}: Consul has not answered yet; using ${remembered.length} instances of the snapshot`);
    this.publish(
      { instances: remembered, state: 'last-known-good', isAfterOutage: true, hold: undefined },
      clock.now(),
      undefined,
    );
  }

  private publish(belief: Belief, confirmedAt: number, index: string | undefined): void {
    const before = this.latest;
    this.belief = belief;
    this.latest = Object.freeze({
      service: this.service,
      instances: belief.instances,
      state: belief.state,
      confirmedAt,
      ...(index !== undefined && { index }),
    });
    if (before?.instances === belief.instances && before.state === belief.state) return;
    this.subject.next(this.latest);
    this.parts.events.updated(this.latest);
  }

  private reportRefused(refused: readonly string[]): void {
    const text = refused.slice(0, 3).join('; ');
    if (text !== this.refused && text !== '') this.parts.log.warn(`${this.service}: leaving out ${text}`);
    this.refused = text;
  }
}
