/** Bytes to begin with: a full batch takes about as many. */
const FIRST_CAPACITY = 256 * 1024;
/** The most bytes of UTF-8 that one of a text's units takes. */
const MAX_UNIT = 3;

/** Spans that go out together, written one behind the other into memory that the collector of garbage does not look at. */
export class SpanBatch {
  /** Spans in it. */
  count = 0;
  private bytes = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  private used: number;
  private readonly headBytes: number;

  /**
   * @param head  what stands before the spans
   * @param tail  and what behind them
   */
  constructor(
    head: string,
    private readonly tail: string,
  ) {
    this.used = this.bytes.write(head);
    this.headBytes = this.used;
  }

  /** @param text  so many spans, separated by commas */
  add(text: string, count: number): void {
    this.reserve(MAX_UNIT * (text.length + this.tail.length + 1));
    if (this.count > 0) this.used += this.bytes.write(',', this.used);
    this.used += this.bytes.write(text, this.used);
    this.count += count;
  }

  /** @returns all of it, as it is sent; valid until it is emptied */
  finish(): Uint8Array {
    const end = this.used + this.bytes.write(this.tail, this.used);
    return this.bytes.subarray(0, end);
  }

  /** Makes it ready for others. */
  empty(): void {
    this.count = 0;
    this.used = this.headBytes;
  }

  private reserve(more: number): void {
    if (this.used + more <= this.bytes.length) return;
    const bytes = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, this.used + more));
    this.bytes.copy(bytes, 0, 0, this.used);
    this.bytes = bytes;
  }
}
