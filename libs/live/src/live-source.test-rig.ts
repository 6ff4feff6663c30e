import { LiveSource, type LiveSourceListener } from './live-source.js';

/** A source that finds what a test says. */
export class SaidSource extends LiveSource {
  readonly name = 'test';
  isClosed = false;
  private listener: LiveSourceListener | undefined;
  private index = 0;

  override follow(listener: LiveSourceListener): void {
    this.listener = listener;
  }

  override async close(): Promise<void> {
    this.isClosed = true;
  }

  /** @param content  text as it is, anything else as JSON */
  find(content: unknown): void {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    this.listener!.found({ bytes: Buffer.from(text), index: String(++this.index) });
  }

  lose(): void {
    this.listener!.missing();
  }

  fail(reason: string): void {
    this.listener!.unreachable(reason);
  }
}
