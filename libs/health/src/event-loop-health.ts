import type { HealthOptions } from './health-options.js';

type State =
  | { readonly kind: 'turning'; lateSince: number | undefined }
  | { readonly kind: 'stalled'; goodSince: number | undefined };

/**
 * Whether the event loop turns well enough for traffic. Only a stall that lasts counts, and only calm that lasts ends it, so that a
 * replica neither leaves for a burst (shedding is for those) nor comes and goes.
 */
export class EventLoopHealth {
  private state: State = { kind: 'turning', lateSince: undefined };

  constructor(private readonly options: Pick<HealthOptions, 'maxEventLoopDelayMs' | 'eventLoopPatienceMs'>) {}

  /** Whether it turns. */
  get isWell(): boolean {
    return this.state.kind === 'turning';
  }

  /**
   * Takes a look at it into account; several a second are best.
   * @param lateMs  milliseconds that it was late in the middle, since the look before
   * @param now     milliseconds
   */
  saw(lateMs: number, now: number): void {
    const { maxEventLoopDelayMs: limitMs, eventLoopPatienceMs: patienceMs } = this.options;
    const { state } = this;
    if (state.kind === 'turning') {
      state.lateSince = lateMs > limitMs ? (state.lateSince ?? now) : undefined;
      if (state.lateSince !== undefined && now - state.lateSince >= patienceMs)
        this.state = { kind: 'stalled', goodSince: undefined };
    } else {
      // Half of the limit: at the limit itself it would go to and fro.
      state.goodSince = lateMs <= limitMs / 2 ? (state.goodSince ?? now) : undefined;
      if (state.goodSince !== undefined && now - state.goodSince >= patienceMs / 2)
        this.state = { kind: 'turning', lateSince: undefined };
    }
  }
}
