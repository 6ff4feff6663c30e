/** One series of a family, or one bucket, sum or count of a histogram's, as it stands at a moment. */
export interface MetricValue {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Where it is not the family's own: a histogram's `…_bucket`, `…_sum` and `…_count`. */
  readonly metricName?: string;
}

/** @returns labels by name. @param values  in the names' order */
export function labelsOf(names: readonly string[], values: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name, at) => [name, values[at]!]));
}
