import { Logger } from '@nestjs/common';
import type { SelfRegistration } from 'guichet/discovery';
import type { Lifecycle } from 'guichet/health';
import type { Clock } from 'guichet/kernel';
import type { Connections } from './connections.js';
import type { DrainPlan } from './drain-plan.js';

/**
 * Milliseconds that the app stays in Consul, as one not to be called, before it is taken out: its clients ask at most once a
 * second, and shall see it so.
 */
const MAINTENANCE_MS = 1_500;
/** Milliseconds between two looks for connections that are idle. */
const LOOK_MS = 25;

/** What ends, and what it is made with. */
export interface DrainParts {
  readonly lifecycle: Lifecycle;
  /** Undefined where nobody is told. */
  readonly registration: SelfRegistration | undefined;
  readonly connections: Connections;
  /** Ends what would not end by itself: event streams, WebSockets. */
  readonly endLasting: () => void;
  /** Closes the rest: pools, watches, telemetry, the management port. */
  readonly close: () => Promise<void>;
  readonly clock: Clock;
}

/** How an app is ended. */
export interface StopOptions {
  /** Whether it first serves on until whoever sends it traffic has noticed; not by default, for who stops it by hand knows. */
  readonly servesOn?: boolean;
}

/**
 * Ends an app in order, so that no request is lost. The phases stand in {@link run} one after the other; each is bounded.
 * @see docs/health.md
 */
export class Drain {
  private readonly log = new Logger('Drain');
  private ending: Promise<void> | undefined;
  private hurry: () => void = () => {};
  private readonly hurried = new Promise<void>(resolve => (this.hurry = resolve));
  private isHurried = false;

  constructor(
    private readonly plan: DrainPlan,
    private readonly parts: DrainParts,
  ) {}

  /**
   * Ends the app; once it is ending, a second call hurries it: nothing is waited for any more.
   * @throws Error  when what is to be closed does not close in time
   */
  end(options: StopOptions = {}): Promise<void> {
    if (this.ending && !this.isHurried) {
      this.isHurried = true;
      this.log.warn('told again to end: waiting for nothing any more');
      this.hurry();
    }
    return (this.ending ??= this.run(options));
  }

  private async run({ servesOn = false }: StopOptions): Promise<void> {
    const { lifecycle, registration, connections, clock } = this.parts;
    const startedAt = clock.now();
    const propagationMs = servesOn ? this.plan.propagationMs : 0;
    this.log.log(`draining: ${connections.count} connections, ${connections.underWay} requests under way`);
    lifecycle.beginDraining();
    connections.announceEnd();
    await this.phase('withdrawal', async () => (propagationMs > 0 ? registration?.withdraw() : registration?.stop()));
    if (propagationMs > 0) await this.phase('propagation', () => this.propagate(propagationMs));
    await this.phase('closing the door', () => connections.stopAccepting());
    await this.phase('requests under way', () => this.finish());
    await this.phase('closing', () => this.close());
    this.log.log(`ended, ${Math.round(clock.now() - startedAt)} ms after it began`);
  }

  /** Serves on while others notice. */
  private async propagate(forMs: number): Promise<void> {
    const { registration, clock } = this.parts;
    const until = clock.now() + forMs;
    await this.wait(Math.min(MAINTENANCE_MS, forMs));
    await registration?.stop();
    await this.wait(until - clock.now());
  }

  private async finish(): Promise<void> {
    const { connections, endLasting, clock } = this.parts;
    const { inFlightMs, cutOffMs } = this.plan;
    const until = clock.now() + inFlightMs;
    while (connections.count > 0 && clock.now() < until && !this.isHurried) {
      // At each look: a connection that is still open may have brought another.
      endLasting();
      await connections.endIdle();
      await Promise.race([connections.allGone(), this.wait(LOOK_MS)]);
    }
    if (connections.count === 0) return;
    this.log.warn(`cutting off ${connections.underWay} requests, ${connections.count} connections`);
    await connections.cutOff(cutOffMs);
  }

  private async close(): Promise<void> {
    const { close, clock } = this.parts;
    const { closeMs } = this.plan;
    let isLate = false;
    await new Promise<void>((resolve, reject) => {
      const patience = clock.setTimer(() => {
        isLate = true;
        resolve();
      }, closeMs);
      close()
        .then(resolve, reject)
        .finally(() => patience.clear());
    });
    if (isLate) throw new Error(`something did not close within ${closeMs} ms`);
  }

  private async phase(name: string, work: () => Promise<void>): Promise<void> {
    const startedAt = this.parts.clock.now();
    await work();
    this.log.log(`${name}: ${Math.round(this.parts.clock.now() - startedAt)} ms`);
  }

  /** Waits, unless hurried. */
  private async wait(forMs: number): Promise<void> {
    if (forMs <= 0) return;
    let timer: { clear(): void } | undefined;
    await Promise.race([
      this.hurried,
      new Promise<void>(resolve => (timer = this.parts.clock.setTimer(resolve, forMs))),
    ]);
    timer?.clear();
  }
}
