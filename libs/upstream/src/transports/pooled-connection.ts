import { Client } from 'undici';

/** Who is told what becomes of a connection. */
export interface ConnectionOwner {
  /** What it was used for is over. */
  freed(connection: PooledConnection): void;
  /** Its socket is gone. */
  disconnected(connection: PooledConnection, error: Error & { code?: string }): void;
}

type Emit = (event: string | symbol, ...given: unknown[]) => boolean;

/** One connection of a {@link ConnectionPool}: undici's client of one exchange at a time, which connects again where it must. */
export class PooledConnection extends Client {
  /** Whether it is in use: from its dispatch until undici has told that it may be used again. */
  isBusy = false;
  /** Whether it has a socket. */
  isConnected = false;
  /** The instant from which it may be used again, milliseconds. */
  restedAt = 0;
  /** The pool's own: what stands behind it in its list. */
  next: PooledConnection | undefined = undefined;

  constructor(
    address: URL,
    options: Client.Options,
    private readonly owner: ConnectionOwner,
  ) {
    super(address, options);
  }

  // Undici tells its own pools by events; a call instead of a listener for each connection.
  override emit(event: string | symbol, ...given: unknown[]): boolean {
    // Undici's word for "may be used again".
    if (event === 'drain') {
      this.owner.freed(this);
      return true;
    }
    if (event === 'connect') this.isConnected = true;
    else if (event === 'disconnect') {
      this.isConnected = false;
      this.owner.disconnected(this, given[2] as Error);
    }
    return (super.emit as Emit).call(this, event, ...given);
  }
}
