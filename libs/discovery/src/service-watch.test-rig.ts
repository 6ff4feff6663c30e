import { ManualClock } from 'guichet/testing';
import type { Cancellation } from './consul-connection.js';
import { DiscoveryEvents } from './discovery-events.js';
import { AddressPolicy } from './address-policy.js';
import type { Instance, Snapshot } from './instance.js';
import { ServiceWatch } from './service-watch.js';

/** What a health query of Consul gives. */
export interface Answer {
  readonly index: unknown;
  readonly body: unknown;
}

/** The body of an answer in which these are well. */
export function entries(...names: string[]): unknown[] {
  return names.map(name => ({
    Node: { Address: '10.0.0.1' },
    Service: { ID: name, Address: `${name}.test`, Port: 80, Weights: { Passing: 1 } },
    Checks: [],
  }));
}

/** Writes down what it is told, one text each. */
export class RecordedEvents extends DiscoveryEvents {
  readonly told: string[] = [];

  override updated({ state, instances }: Snapshot): void {
    this.told.push(`updated ${state} ${instances.length}`);
  }

  override emptied(service: string, kept: number, forMs: number): void {
    this.told.push(`emptied ${service} ${kept} ${forMs}`);
  }

  override queryFailed(service: string, reason: string): void {
    this.told.push(`queryFailed ${service} ${reason}`);
  }
}

/** One service's watch, whose queries wait until the test answers them. Time stands still. */
export class WatchRig {
  readonly clock = new ManualClock();
  readonly events = new RecordedEvents();
  readonly warnings: string[] = [];
  /** The index of each query, in order; undefined where it did not block. */
  readonly asked: (string | undefined)[] = [];
  readonly watch: ServiceWatch;
  private settle: { answer: (answer: Answer) => void; fail: (error: unknown) => void } | undefined;

  constructor(pace = { minGapMs: 0, sustainedGapMs: 0, burst: 1 }, remembered?: readonly Instance[]) {
    this.watch = new ServiceWatch('catalog', {
      query: (_service, index, cancellation) => this.query(index, cancellation),
      policy: new AddressPolicy({ allowedCidrs: [], allowsLoopback: true }),
      remembered,
      graces: { emptyGraceMs: 60_000, returnGraceMs: 10_000 },
      pace,
      clock: this.clock,
      log: { info: () => {}, warn: message => void this.warnings.push(message) },
      events: this.events,
      random: () => 0.5,
    });
    void this.watch.start();
  }

  get isAsking(): boolean {
    return this.settle !== undefined;
  }

  /** Answers the query under way, and lets what follows happen. */
  async answers(index: unknown, body: unknown): Promise<void> {
    this.take().answer({ index, body });
    await turn();
  }

  /** Fails the query under way. */
  async fails(error: unknown): Promise<void> {
    this.take().fail(error);
    await turn();
  }

  /** Lets time pass, step by step. */
  async passes(ms: number, stepMs = ms): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.clock.advance(stepMs);
      await turn();
    }
  }

  private take() {
    const settle = this.settle;
    if (!settle) throw new Error('no query is under way');
    this.settle = undefined;
    return settle;
  }

  private query(index: string | undefined, cancellation: Cancellation): Promise<Answer> {
    this.asked.push(index);
    return new Promise((answer, fail) => {
      this.settle = { answer, fail };
      cancellation.context.once('cancel', () => fail(new Error('cancelled')));
    });
  }
}

/** All promises that can go on have gone on. */
function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
