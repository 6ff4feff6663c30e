import { NOT_WAITING, type TimerEntry, type TimerWheel } from 'guichet/kernel';
import { Client } from 'undici';

type Emit = (event: string | symbol, ...given: unknown[]) => boolean;

/**
 * One connection that rests after every answer before it is used again. An answer too many that comes meanwhile finds nobody
 * waiting: undici closes the connection, and its bytes reach nobody. To the pool a resting connection is a busy one.
 * @see docs/decisions/0017-answers-nobody-asked-for.md
 */
export class RestingClient extends Client implements TimerEntry {
  timerDueAt = NOT_WAITING;
  timerNext: TimerEntry | null = null;
  timerPrevious: TimerEntry | null = null;
  private isConnected = false;

  /** @param restMs  milliseconds */
  constructor(
    private readonly address: URL,
    options: Client.Options,
    private readonly wheel: TimerWheel,
    private readonly restMs: number,
  ) {
    super(address, options);
  }

  override emit(event: string | symbol, ...given: unknown[]): boolean {
    // Undici's word for "may be used again".
    if (event === 'drain' && this.isConnected && this.restMs > 0) {
      this.wheel.schedule(this, this.restMs);
      return true;
    }
    if (event === 'connect') this.isConnected = true;
    else if (event === 'disconnect') this.isConnected = false;
    const isHeard = (super.emit as Emit).call(this, event, ...given);
    // With its socket gone there is nothing to rest.
    if (event === 'disconnect' && this.timerDueAt !== NOT_WAITING) {
      this.wheel.cancel(this);
      this.onDue();
    }
    return isHeard;
  }

  onDue(): void {
    (super.emit as Emit).call(this, 'drain', this.address, [this]);
  }
}
