/** Says a measured figure in the run's output, beside the test that holds it to its bound. */
export function measured(what: string, value: number | string, unit = ''): void {
  const figure = typeof value === 'number' ? String(Math.round(value * 10) / 10) : value;
  process.stderr.write(`  measured: ${what}: ${figure}${unit && ` ${unit}`}\n`);
}

/** @returns the value that half of these are below; @throws RangeError  when there is none */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** @returns the value that this share of these are below; @throws RangeError  when there is none */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('there are no values');
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}
