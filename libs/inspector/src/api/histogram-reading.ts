/** A histogram as Prometheus' format has it, cumulative buckets by upper bound, added up over series. */
export class HistogramReading {
  private readonly buckets = new Map<number, number>();

  /**
   * Adds a bucket.
   * @param bound  its upper bound; `+Inf` is `Infinity` (or not a number, as `Number('+Inf')` is)
   * @param count  values at or below it
   */
  add(bound: number, count: number): void {
    const key = Number.isNaN(bound) ? Infinity : bound;
    this.buckets.set(key, (this.buckets.get(key) ?? 0) + count);
  }

  /** @returns what came after an earlier reading of the same */
  since(earlier: HistogramReading | undefined): HistogramReading {
    const difference = new HistogramReading();
    for (const [bound, count] of this.buckets) difference.add(bound, count - (earlier?.buckets.get(bound) ?? 0));
    return difference;
  }

  /**
   * @param part  in (0, 1]
   * @returns the value at or below which that part lies, within a bucket as if spread evenly; undefined where there is none
   */
  quantile(part: number): number | undefined {
    const inOrder = [...this.buckets].sort(([a], [b]) => a - b);
    const total = inOrder.at(-1)?.[1] ?? 0;
    if (total <= 0) return undefined;
    const rank = part * total;
    let lower = 0;
    let below = 0;
    for (const [bound, count] of inOrder) {
      if (count >= rank)
        return bound === Infinity ? lower : lower + ((bound - lower) * (rank - below)) / (count - below);
      lower = bound;
      below = count;
    }
    return lower;
  }
}
