/** Where an app stands between its start and its end. It never goes back. */
export type LifecyclePhase = 'booting' | 'ready' | 'draining';

/** Tells whether the app should be given traffic. Also the injection token. */
export class Lifecycle {
  private current: LifecyclePhase = 'booting';

  get phase(): LifecyclePhase {
    return this.current;
  }

  /** Everything has started. Does nothing once the app drains. */
  becomeReady(): void {
    if (this.current === 'booting') this.current = 'ready';
  }

  /** The app is about to end: it serves on, but wants no new traffic. Safe to call twice. */
  beginDraining(): void {
    this.current = 'draining';
  }
}
