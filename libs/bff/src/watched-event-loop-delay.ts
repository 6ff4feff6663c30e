import type { EventLoopHealth } from 'guichet/health';
import type { Clock } from 'guichet/kernel';
import { EventLoopDelay } from 'guichet/page';

/** One measure for two: what the door sees of the event loop, readiness sees, too. */
export class WatchedEventLoopDelay extends EventLoopDelay {
  constructor(
    private readonly delay: EventLoopDelay,
    private readonly health: EventLoopHealth,
    private readonly clock: Clock,
  ) {
    super();
  }

  override takeMs(): number {
    const lateMs = this.delay.takeMs();
    this.health.saw(lateMs, this.clock.now());
    return lateMs;
  }

  override close(): void {
    this.delay.close();
  }
}
