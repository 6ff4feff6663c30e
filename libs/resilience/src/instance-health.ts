import { OutcomeWindow } from './outcome-window.js';

/** Why an instance was ejected. */
export type EjectionCause = 'failures-in-row' | 'failure-ratio';

/** What an instance is to the outlier detector. Instants in milliseconds. */
export type HealthState =
  | { readonly kind: 'serving'; readonly since: number }
  | {
      readonly kind: 'ejected';
      readonly cause: EjectionCause;
      readonly since: number;
      readonly until: number;
      /** From when a single call may see whether it is well again. */
      trialAt: number;
      isTrialOut: boolean;
    };

/** What an {@link OutlierDetector} keeps of one instance. The instance's own record holds it, so that nothing is looked up. */
export class InstanceHealth {
  /** The detector's own. One that was never ejected has served for ever, so that it does not warm up. */
  state: HealthState = { kind: 'serving', since: Number.NEGATIVE_INFINITY };
  /** The detector's own: failures since the last success. */
  failuresInRow = 0;
  /** The detector's own: ejections, of which one is forgotten for every while it served well. */
  ejections = 0;
  /** The detector's own. */
  readonly window: OutcomeWindow;

  /** @param windowMs  milliseconds the failure ratio is taken over */
  constructor(windowMs = 10_000) {
    this.window = new OutcomeWindow(windowMs);
  }
}
