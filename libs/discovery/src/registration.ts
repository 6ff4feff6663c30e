import { type Clock, systemClock, type TimerHandle } from 'guichet/kernel';
import { fullJitterBackoffMs } from 'guichet/resilience';
import { formatHostPort } from './address.js';
import { advertisedHost, replicaId } from './advertised-host.js';
import { Complaints } from './complaints.js';
import { ConsulClient } from './consul-client.js';
import { Cancellation } from './consul-connection.js';
import { describeConsulError, isRefused, policyRule } from './consul-error.js';
import { consulOptions, consulOptionsFromEnv } from './consul.options.js';
import { type DiscoveryLog, silentLog } from './log.js';
import { checkOwnHealth, ownEntry } from './own-entry.js';
import type { RegisterOptions } from './register-options.js';

export { consulOptionsFromEnv, type ConsulOptionsInput } from './consul.options.js';
export type { DiscoveryLog } from './log.js';
export type { RegisterOptions } from './register-options.js';

/** Milliseconds: the ceilings of what is tried again until it works. Below a second, so that a wiped Consul knows us within one. */
const RETRY_BASE_MS = 50;
const RETRY_MAX_MS = 900;
/** Milliseconds until what was not allowed is tried again, on average: for how fast somebody grants it, and not for a Consul that comes back. */
const REFUSED_RETRY_MS = 4_000;
/** Milliseconds that a query for our own entry blocks, and the least between two of them. */
const WAIT_MS = 60_000;
const MIN_GAP_MS = 100;
/** Milliseconds a shutdown waits for Consul at most. */
const DEREGISTER_MS = 1_000;
/** Milliseconds after which a failure is no longer part of the row before it. */
const ROW_MS = 5_000;

/**
 * Registers this process with Consul and keeps it registered until {@link Registration.deregister}.
 * @returns once the first attempt is over, successful or not: an app does not wait for a Consul that is away
 * @throws TypeError  when the address of Consul is none
 * @see docs/discovery.md
 */
export async function register(options: RegisterOptions): Promise<Registration> {
  const registration = new Registration(options);
  await registration.start();
  return registration;
}

/**
 * One process's entry in Consul. It asks the agent for its own entry by a query that blocks until the entry changes, so
 * that noticing its loss costs one open connection and one query a minute.
 */
export class Registration {
  /** Its id in Consul. */
  readonly id: string;
  private readonly client: ConsulClient;
  private readonly clock: Clock;
  private readonly log: DiscoveryLog;
  private readonly host: string;
  private readonly complaints = new Complaints();
  private firstAttempt: Promise<void> | undefined;
  private firstAttemptDone: () => void = () => {};
  private stopWaiting: () => void = () => {};
  private pending: Promise<void> = Promise.resolve();
  private wasAttempted = false;
  private isKnown = false;
  private isStopped = false;
  private hasLeft = false;

  constructor(private readonly options: RegisterOptions) {
    this.clock = options.clock ?? systemClock;
    this.log = options.log ?? silentLog;
    this.host = advertisedHost(options.host);
    this.id = options.id ?? replicaId(options.name, this.host, options.port);
    // One for the query that blocks, one for everything else.
    this.client = new ConsulClient(consulOptions.parse(options.consul ?? consulOptionsFromEnv(process.env)), 2);
  }

  /** @returns whether Consul knew of this process when it was last heard of */
  get isRegistered(): boolean {
    return this.isKnown;
  }

  /** Checks its own health, then registers. Resolves once the first attempt is over; never rejects. */
  start(): Promise<void> {
    this.firstAttempt ??= new Promise(resolve => {
      this.firstAttemptDone = resolve;
      void this.run();
    });
    return this.firstAttempt;
  }

  /**
   * Asks to be called no more, by Consul's maintenance mode, as the first thing of a drain; {@link deregister} follows.
   * Who follows the service believes one that says so, where one that only vanishes may be a mishap of Consul's.
   * Takes a second at most; never rejects.
   */
  async withdraw(): Promise<void> {
    if (this.isStopped) return;
    this.stop();
    if (this.wasAttempted) await this.atMost(DEREGISTER_MS, this.enterMaintenance());
  }

  /** Takes the entry back. Takes a second at most; never rejects. Safe to call twice. */
  async deregister(): Promise<void> {
    if (this.hasLeft) return;
    this.hasLeft = true;
    this.stop();
    if (this.wasAttempted) await this.atMost(DEREGISTER_MS, this.takeBack());
    this.isKnown = false;
    this.client.close();
  }

  /** Does no more for being registered. */
  private stop(): void {
    this.isStopped = true;
    this.stopWaiting();
    this.firstAttemptDone();
  }

  private async run(): Promise<void> {
    await this.untilItWorks(() => checkOwnHealth(this.options, this.host), 'is not healthy yet');
    // What an earlier process left under this id may differ in weight or tags.
    await this.untilItWorks(() => this.register(), 'cannot register');
    this.firstAttemptDone();
    await this.untilItWorks(() => this.keep(), 'Consul does not answer');
  }

  /** Returns once stopped; throws when Consul cannot be asked. */
  private async keep(): Promise<void> {
    let hash: string | undefined;
    while (!this.isStopped) {
      const cancellation = new Cancellation();
      this.stopWaiting = () => cancellation.cancel();
      hash = await this.client.ownHash(this.id, hash, WAIT_MS, cancellation);
      if (hash !== undefined && !this.isKnown) {
        this.complaints.end();
        this.log.info(`${this.id}: Consul answers again, and knows it`);
      }
      this.isKnown = hash !== undefined;
      if (hash === undefined && !this.isStopped) {
        this.log.warn(`${this.id}: Consul has lost it`);
        await this.register();
      }
      await this.wait(MIN_GAP_MS);
    }
  }

  private async register(): Promise<void> {
    if (!(await this.client.hasLeader())) throw new Error('Consul has no leader');
    if (this.isStopped) return;
    this.wasAttempted = true;
    this.pending = this.client.register(ownEntry(this.options, this.id, this.host));
    await this.pending;
    this.isKnown = true;
    this.log.info(`${this.id}: registered at ${formatHostPort(this.host, this.options.port)}`);
  }

  private enterMaintenance(): Promise<void> {
    return this.leave('in maintenance mode', () => this.client.maintain(this.id, 'it drains'));
  }

  private takeBack(): Promise<void> {
    return this.leave('deregistered', () => this.client.deregister(this.id));
  }

  private async leave(done: string, ask: () => Promise<void>): Promise<void> {
    // A registration under way could arrive after us, and stay.
    await this.pending.catch(() => {});
    try {
      await ask();
      this.log.info(`${this.id}: ${done}`);
    } catch (error) {
      this.log.warn(`${this.id}: cannot be ${done} (${this.describe(error)})`);
    }
  }

  private describe(error: unknown): string {
    return describeConsulError(error, policyRule('service', this.options.name, 'write'));
  }

  private async untilItWorks(attempt: () => Promise<void>, trouble: string): Promise<void> {
    for (let failures = 1; !this.isStopped; failures++) {
      const startedAt = this.clock.now();
      try {
        await attempt();
        this.complaints.end();
        return;
      } catch (error) {
        if (this.isStopped) return;
        this.firstAttemptDone();
        this.isKnown = false;
        // What worked for a while starts a new row of failures.
        if (this.clock.now() - startedAt > ROW_MS) {
          failures = 1;
          this.complaints.end();
        }
        const reason = this.describe(error);
        const isForGood = isRefused(error);
        const what = isForGood ? 'Consul refuses it' : trouble;
        if (this.complaints.isNew(isForGood ? reason : trouble)) this.log.warn(`${this.id}: ${what} (${reason})`);
        await this.wait(
          isForGood
            ? REFUSED_RETRY_MS * (0.75 + 0.5 * Math.random())
            : fullJitterBackoffMs(failures, RETRY_BASE_MS, RETRY_MAX_MS, Math.random()),
        );
      }
    }
  }

  private async wait(delayMs: number): Promise<void> {
    if (this.isStopped) return;
    await new Promise<void>(resolve => {
      const timer = this.clock.setTimer(resolve, delayMs);
      this.stopWaiting = () => {
        timer.clear();
        resolve();
      };
    });
  }

  private async atMost(limitMs: number, work: Promise<void>): Promise<void> {
    let timer: TimerHandle | undefined;
    await Promise.race([work, new Promise<void>(resolve => (timer = this.clock.setTimer(resolve, limitMs)))]);
    timer?.clear();
  }
}
