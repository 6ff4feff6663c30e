/** @returns milliseconds to a tenth: finer is noise */
export function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
