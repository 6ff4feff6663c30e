/** More kinds than a trouble has; what varies without end is not said without end. */
const MAX_KINDS = 4;

/** What was said of a trouble: each kind once, until it is over. */
export class Complaints {
  private readonly said = new Set<string>();

  /** @returns whether this is to be said now, and notes that it was */
  isNew(kind: string): boolean {
    if (this.said.has(kind) || this.said.size >= MAX_KINDS) return false;
    this.said.add(kind);
    return true;
  }

  /** All is well: what comes from now on is said again. */
  end(): void {
    this.said.clear();
  }
}
