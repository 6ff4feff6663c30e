import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** Milliseconds between two samples; Node's own default, and no load to speak of. */
const RESOLUTION_MS = 10;

/** How late the event loop is. A port, so that tests need none that is. */
export abstract class EventLoopDelay {
  /** @returns milliseconds that it was late in the middle, since it was asked last */
  abstract takeMs(): number;
  abstract close(): void;
}

/** This process's. */
export class ProcessEventLoopDelay extends EventLoopDelay {
  private readonly histogram: IntervalHistogram;

  constructor() {
    super();
    this.histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.histogram.enable();
  }

  override takeMs(): number {
    const lateMs = this.histogram.count > 0 ? this.histogram.percentile(50) / 1e6 - RESOLUTION_MS : 0;
    this.histogram.reset();
    return lateMs;
  }

  override close(): void {
    this.histogram.disable();
  }
}
