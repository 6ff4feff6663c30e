import { type Clock, NOT_WAITING, type TimerEntry, type TimerWheel } from 'guichet/kernel';
import { type Client, type Dispatcher, errors } from 'undici';
import { type ConnectionOwner, PooledConnection } from './pooled-connection.js';
import { RestingConnections } from './resting-connections.js';

/** How a {@link ConnectionPool} is made. */
export interface ConnectionPoolParts {
  readonly address: URL;
  /** Of every connection. */
  readonly options: Client.Options;
  /** Connections, at most; further exchanges wait for one. */
  readonly maxConnections: number;
  /** Milliseconds that a connection rests after an answer before it is used again; 0 is not at all. */
  readonly restMs: number;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  /** Told of every socket that is gone, and why. */
  readonly onDisconnect: (error: Error & { code?: string }) => void;
}

interface Waiting {
  readonly options: Dispatcher.DispatchOptions;
  readonly handler: Dispatcher.DispatchHandler;
}

/**
 * The connections to one address. None is opened before it is needed; of those that are free the one that was used last is used first,
 * so that those that are not needed fall idle and close.
 *
 * A connection rests after every answer. An answer too many that comes meanwhile finds nobody waiting: undici closes the connection,
 * and its bytes reach nobody. What rests is not used while another may be, so that resting costs a look at the clock and no timer, save
 * where exchanges wait.
 * @see docs/decisions/0017-answers-nobody-asked-for.md, docs/decisions/0036-own-connection-pool.md
 */
export class ConnectionPool implements ConnectionOwner, TimerEntry {
  timerDueAt = NOT_WAITING;
  timerNext: TimerEntry | null = null;
  timerPrevious: TimerEntry | null = null;
  private readonly all: PooledConnection[] = [];
  private readonly waiting: Waiting[] = [];
  /** The one that was used last, before those used earlier. */
  private free: PooledConnection | undefined = undefined;
  private readonly resting = new RestingConnections();
  private isClosed = false;
  private closing: Promise<void> | undefined = undefined;
  private noneWaits: (() => void) | undefined = undefined;

  constructor(private readonly parts: ConnectionPoolParts) {}

  /** Sends a request over a connection that is free, or a new one, or lets it wait for one. */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    if (this.isClosed) {
      handler.onError?.(new errors.ClientClosedError());
      return;
    }
    const connection = this.waiting.length === 0 ? this.take() : undefined;
    if (connection !== undefined) {
      this.use(connection, options, handler);
      return;
    }
    this.waiting.push({ options, handler });
    this.awaitRested();
  }

  /** Lets what is under way and what waits finish, then closes all connections. Safe to call twice or late. */
  close(): Promise<void> {
    this.isClosed = true;
    return (this.closing ??= this.closeAll());
  }

  /** Closes all connections at once; what is under way or waits fails. */
  async destroy(): Promise<void> {
    this.isClosed = true;
    this.parts.wheel.cancel(this);
    for (const { handler } of this.waiting.splice(0)) handler.onError?.(new errors.ClientDestroyedError());
    this.noneWaits?.();
    await Promise.all(this.all.map(connection => connection.destroy()));
  }

  /** For {@link PooledConnection}. */
  freed(connection: PooledConnection): void {
    if (!connection.isBusy) return;
    connection.isBusy = false;
    // With its socket gone there is nothing to rest.
    const { clock, restMs } = this.parts;
    if (restMs === 0 || !connection.isConnected) {
      this.release(connection);
      return;
    }
    this.resting.add(connection, clock.now() + restMs);
    this.awaitRested();
  }

  /** For {@link PooledConnection}. */
  disconnected(connection: PooledConnection, error: Error): void {
    this.parts.onDisconnect(error);
    if (this.resting.remove(connection)) this.release(connection);
  }

  /** Some may have rested: for exchanges that wait. */
  onDue(): void {
    this.wake();
    while (this.waiting.length > 0 && this.free !== undefined) this.release(this.pop()!);
    this.awaitRested();
  }

  private take(): PooledConnection | undefined {
    // First, so that the one that was used last is used, and not one that has lain idle for long.
    this.wake();
    return this.pop() ?? (this.all.length < this.parts.maxConnections ? this.open() : undefined);
  }

  private open(): PooledConnection {
    const { address, options } = this.parts;
    const connection = new PooledConnection(address, options, this);
    this.all.push(connection);
    return connection;
  }

  private use(
    connection: PooledConnection,
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): void {
    connection.isBusy = true;
    connection.dispatch(options, handler);
    // A request that undici does not take is refused at once, and nothing will tell that the connection is free.
    if (connection.isBusy && connection.stats.size === 0) {
      connection.isBusy = false;
      this.release(connection);
    }
  }

  /** Gives a connection to the exchange that waits longest, or lets it be free. */
  private release(connection: PooledConnection): void {
    const next = this.waiting.shift();
    if (next === undefined) {
      this.push(connection);
      return;
    }
    if (this.waiting.length === 0) this.noneWaits?.();
    this.use(connection, next.options, next.handler);
  }

  private async closeAll(): Promise<void> {
    if (this.waiting.length > 0) await new Promise<void>(resolve => (this.noneWaits = resolve));
    await Promise.all(this.all.map(connection => (connection.destroyed ? undefined : connection.close())));
  }

  /** Those that have rested are free. */
  private wake(): void {
    if (this.resting.isEmpty) return;
    const now = this.parts.clock.now();
    for (let one = this.resting.takeRested(now); one !== undefined; one = this.resting.takeRested(now)) this.push(one);
  }

  /** A timer, where exchanges wait for what rests. */
  private awaitRested(): void {
    const { nextAt } = this.resting;
    if (this.waiting.length === 0 || nextAt === undefined || this.timerDueAt !== NOT_WAITING) return;
    const now = this.parts.clock.now();
    this.parts.wheel.schedule(this, nextAt - now, now);
  }

  private push(connection: PooledConnection): void {
    connection.next = this.free;
    this.free = connection;
  }

  private pop(): PooledConnection | undefined {
    const { free } = this;
    if (free === undefined) return undefined;
    this.free = free.next;
    free.next = undefined;
    return free;
  }
}
