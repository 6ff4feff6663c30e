const EMPTY = Buffer.alloc(0);
/** A chunk below this is copied: as it is, it would hold on to the 64 KiB it was read in, and cost an object. */
const SMALL_BYTES = 4_096;
const SLAB_BYTES = 16_384;

/** Collects an answer's body, at about its own size in memory however small its chunks are. */
export class BodyCollector {
  /** Bytes so far. */
  bytes = 0;
  private first: Buffer | undefined = undefined;
  private chunks: Buffer[] | undefined = undefined;
  private slab: Buffer | undefined = undefined;
  private slabUsed = 0;

  add(chunk: Buffer): void {
    this.bytes += chunk.length;
    // Most bodies come in one piece.
    if (this.first === undefined) this.first = chunk;
    else if (chunk.length < SMALL_BYTES) this.copy(chunk);
    else {
      this.endSlab();
      this.list().push(chunk);
    }
  }

  /** @returns all of it; call it once, at the end */
  take(): Buffer {
    if (this.first === undefined) return EMPTY;
    if (this.chunks === undefined && this.slabUsed === 0) return this.first;
    this.endSlab();
    return Buffer.concat(this.list(), this.bytes);
  }

  private list(): Buffer[] {
    return (this.chunks ??= [this.first!]);
  }

  private copy(chunk: Buffer): void {
    if (this.slab !== undefined && this.slabUsed + chunk.length > this.slab.length) this.endSlab();
    this.slab ??= Buffer.allocUnsafeSlow(SLAB_BYTES);
    this.slabUsed += chunk.copy(this.slab, this.slabUsed);
  }

  private endSlab(): void {
    if (this.slab === undefined) return;
    this.list().push(this.slab.subarray(0, this.slabUsed));
    this.slab = undefined;
    this.slabUsed = 0;
  }
}
