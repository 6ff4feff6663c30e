import type { Sampled } from 'guichet/kernel';
import { randomHex } from '../random-hex.js';
import type { TraceContext } from '../trace-context.js';

/** A request whose trace is recorded. */
export class SampledRequest implements Sampled {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;

  constructor({ traceparent, isContinued }: TraceContext) {
    this.traceId = traceparent.slice(3, 35);
    const parent = traceparent.slice(36, 52);
    this.parentSpanId = isContinued ? parent : undefined;
    // A parent that was made up for a trace that begins here is nobody's span yet.
    this.spanId = isContinued ? randomHex(8) : parent;
  }

  /** What those are told who are called for it: that it is sampled, and by which span they are called. */
  get traceparent(): string {
    return `00-${this.traceId}-${this.spanId}-01`;
  }

  newSpanId(): string {
    return randomHex(8);
  }
}
