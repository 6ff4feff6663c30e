import type { Attempt } from './attempt.js';
import type { Step } from './layer.js';
import type { CallHandle, CallSink, Staleness } from './upstream-call.js';

/** How an attempt left a layer. A cancelled one says nothing about the upstream by itself. */
export type Outcome = 'succeeded' | 'failed' | 'cancelled';

/**
 * One attempt's way through one layer: the sink for what is inside, the handle for what is outside. Takes care that
 * exactly one outcome passes and that what is inside is let go on cancel; a layer says in {@link left} what it does then.
 * One small object per layer and attempt is what the stack costs: no promise, no operator, no closure.
 */
export abstract class Passage implements CallSink<unknown>, CallHandle {
  private inner: CallHandle | undefined = undefined;
  private isOpen = true;

  constructor(
    protected readonly attempt: Attempt,
    private readonly outer: CallSink<unknown>,
  ) {}

  /** Goes on inward; call it once, last in the layer's `start`. May be called again from {@link failed}, to try again. */
  protected enter(next: Step, attempt: Attempt = this.attempt): void {
    this.inner = undefined;
    const inner = next.start(attempt, this);
    // Either may have happened while the inside was started: it ended, or the outside cancelled.
    if (this.isOpen) this.inner ??= inner;
    else inner.cancel();
  }

  succeed(value: unknown, staleness?: Staleness): void {
    if (!this.close('succeeded', undefined)) return;
    this.outer.succeed(value, staleness);
  }

  fail(error: unknown): void {
    if (this.isOpen && !this.recovered(error)) this.end(error);
  }

  cancel(): void {
    if (!this.close('cancelled', undefined)) return;
    this.inner?.cancel();
  }

  /** Ends the attempt here with an error, and lets go what is inside. */
  protected abandon(error: unknown): void {
    if (!this.close('failed', error)) return;
    this.inner?.cancel();
    this.outer.fail(error);
  }

  /** Called once when the attempt leaves this layer, before the outside hears of it: release and score here. */
  protected left(_outcome: Outcome, _error: unknown): void {}

  /** Called when the inside failed. A layer that tries again enters anew and answers true; nothing passes outward then. */
  protected recovered(_error: unknown): boolean {
    return false;
  }

  private end(error: unknown): void {
    if (this.close('failed', error)) this.outer.fail(error);
  }

  private close(outcome: Outcome, error: unknown): boolean {
    if (!this.isOpen) return false;
    this.isOpen = false;
    this.left(outcome, error);
    return true;
  }
}
