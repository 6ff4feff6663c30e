import type { TimerHandle } from 'guichet/kernel';
import type { Connections } from '../transports/connections.js';
import type { BrokerLinkParts } from './broker-link-parts.js';
import { dialTrouble } from './dial-trouble.js';
import { type ExchangeKeeper, MessageExchange } from './message-exchange.js';

/** Milliseconds between two tries to connect, at first and at most: a broker that is back is in use within 2 s. */
const RECONNECT_MS = 100;
const RECONNECT_MAX_MS = 800;
/** Milliseconds a connection must have lasted for the next try to come soon again. */
const STEADY_MS = 1_000;
/** Milliseconds a connection may take to say goodbye. */
const GOODBYE_MS = 500;

type LinkState<C> =
  | { readonly kind: 'dialing'; readonly patience: TimerHandle; readonly controller: AbortController }
  | { readonly kind: 'up'; readonly connection: C; readonly since: number }
  | { readonly kind: 'down'; readonly redial: TimerHandle }
  | { readonly kind: 'closed' };

/**
 * The one connection to a broker, which is there from the start, and made anew whenever it is lost, at first soon and then ever less often. What is
 * asked while it is being made waits for it; while it is known to be lost, exchanges are refused at once, so that the layers
 * try another broker. Nothing is kept to be sent later: a request is of use now or never.
 */
export abstract class BrokerLink<C extends object> implements Connections, ExchangeKeeper {
  private state: LinkState<C> | undefined = undefined;
  private readonly exchanges = new Set<MessageExchange>();
  /** Connections that were lost before they were used. */
  private readonly stillborn = new WeakSet<C>();
  private failures = 0;
  private isMissed = false;
  private readonly whenIdle: (() => void)[] = [];

  constructor(protected readonly parts: BrokerLinkParts) {}

  /** Whether it is connected. */
  get isUp(): boolean {
    return this.state?.kind === 'up';
  }

  /** Connects; no exception leaves it. */
  open(): this {
    this.redial();
    return this;
  }

  /** Sends an exchange, now or once the connection is there, or fails it. */
  take(exchange: MessageExchange): void {
    const { state, exchanges, parts } = this;
    if (exchanges.size >= parts.maxPending) {
      exchange.fail('bulkhead-full', `found ${exchanges.size} others under way at the broker`);
      return;
    }
    if (state?.kind !== 'up' && state?.kind !== 'dialing') {
      exchange.lost();
      return;
    }
    exchanges.add(exchange);
    if (state.kind === 'up') this.transmit(state.connection, exchange);
  }

  done(exchange: MessageExchange): void {
    const { release } = exchange;
    exchange.release = undefined;
    release?.();
    if (!this.exchanges.delete(exchange) || this.exchanges.size > 0) return;
    for (const resolve of this.whenIdle.splice(0)) resolve();
  }

  async close(): Promise<void> {
    if (this.exchanges.size > 0) await new Promise<void>(resolve => this.whenIdle.push(resolve));
    await this.end();
  }

  async destroy(): Promise<void> {
    this.loseAll();
    await this.end();
  }

  /**
   * Connects once.
   * @param signal  aborted when it takes too long: what it holds must then be let go
   */
  protected abstract dial(signal: AbortSignal): Promise<C>;

  /**
   * Sends a request.
   * @returns what lets go of the wait for its reply
   * @throws Error  when it was not sent; or the exchange is failed in a better way
   */
  protected abstract send(connection: C, exchange: MessageExchange): () => void;

  /** Ends a connection. */
  protected abstract hangUp(connection: C): Promise<unknown>;

  /** A connection is lost: what was under way over it fails, and it is made anew. */
  protected lost(connection: C): void {
    const { state, parts } = this;
    if (state?.kind !== 'up' || state.connection !== connection) {
      this.stillborn.add(connection);
      return;
    }
    if (parts.clock.now() - state.since >= STEADY_MS) this.failures = 0;
    void this.goodbye(connection);
    this.wait('the connection was lost');
  }

  private redial(): void {
    const { clock, connectTimeoutMs } = this.parts;
    const controller = new AbortController();
    const patience = clock.setTimer(() => {
      if (this.state !== dialing) return;
      this.wait(`it did not answer within ${connectTimeoutMs} ms`);
      controller.abort();
    }, connectTimeoutMs);
    const dialing = { kind: 'dialing', patience, controller } as const;
    this.state = dialing;
    void this.establish(dialing);
  }

  private async establish(dialing: LinkState<C> & { readonly kind: 'dialing' }): Promise<void> {
    let connection: C;
    try {
      connection = await this.dial(dialing.controller.signal);
    } catch (error) {
      if (this.state === dialing) this.wait(dialTrouble(error));
      return;
    } finally {
      dialing.patience.clear();
    }
    const isGood = !this.stillborn.has(connection);
    if (this.state === dialing && isGood) this.connected(connection);
    else void this.goodbye(connection);
    if (this.state === dialing) this.wait('the connection was lost at once');
  }

  private connected(connection: C): void {
    this.state = { kind: 'up', connection, since: this.parts.clock.now() };
    if (this.isMissed) this.parts.warn(`the broker ${this.parts.address} is connected again`);
    this.isMissed = false;
    for (const exchange of this.exchanges) this.transmit(connection, exchange);
  }

  private wait(reason: string): void {
    const { clock, random, warn, address } = this.parts;
    const delayMs = Math.min(RECONNECT_MAX_MS, RECONNECT_MS * 2 ** Math.min(this.failures++, 10));
    this.state = { kind: 'down', redial: clock.setTimer(() => this.redial(), delayMs * (0.5 + random() / 2)) };
    if (!this.isMissed) warn(`the broker ${address} cannot be reached (${reason}); it is tried until it can`);
    this.isMissed = true;
    this.loseAll();
  }

  private transmit(connection: C, exchange: MessageExchange): void {
    exchange.isSent = true;
    let release: () => void;
    try {
      release = this.send(connection, exchange);
    } catch {
      exchange.isSent = false;
      exchange.lost();
      return;
    }
    // A reply may have come already.
    if (exchange.isOpen) exchange.release = release;
    else release();
  }

  private loseAll(): void {
    for (const exchange of this.exchanges) exchange.lost();
  }

  private async end(): Promise<void> {
    const { state } = this;
    this.state = { kind: 'closed' };
    if (state?.kind === 'dialing') {
      state.patience.clear();
      state.controller.abort();
    }
    if (state?.kind === 'down') state.redial.clear();
    if (state?.kind === 'up') await this.goodbye(state.connection);
  }

  /** Never fails, and takes half a second at most. */
  private goodbye(connection: C): Promise<void> {
    return new Promise(resolve => {
      const patience = this.parts.clock.setTimer(resolve, GOODBYE_MS);
      const over = (): void => {
        patience.clear();
        resolve();
      };
      this.hangUp(connection).then(over, over);
    });
  }
}
