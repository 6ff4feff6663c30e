import type { ExecutionView } from './server';

/** Milliseconds for people: `0.8 ms`, `182 ms`, `1.25 s`. */
export function ms(value: number): string {
  if (value >= 1_000) return `${trim(value / 1_000, 2)} s`;
  return `${trim(value, value < 10 ? 1 : 0)} ms`;
}

/** A longer time for people: `12 s`, `3 min`, `5 h`. */
export function span(valueMs: number): string {
  if (valueMs < 1_000) return ms(valueMs);
  if (valueMs < 90_000) return `${Math.round(valueMs / 1_000)} s`;
  if (valueMs < 5_400_000) return `${Math.round(valueMs / 60_000)} min`;
  return valueMs < 172_800_000 ? `${Math.round(valueMs / 3_600_000)} h` : `${Math.round(valueMs / 86_400_000)} days`;
}

export function bytes(value: number): string {
  if (value < 1_024) return `${value} B`;
  return value < 1_048_576 ? `${trim(value / 1_024, 1)} KB` : `${trim(value / 1_048_576, 1)} MB`;
}

/** What stands in for a figure that there is none of. */
export const NONE = '–';

/** How often in a second: `12.4/s`. */
export function rate(value: number): string {
  return `${trim(value, value < 10 ? 1 : 0)}/s`;
}

/** `1 call`, `2 calls`. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${value.toLocaleString('en')} ${value === 1 ? one : many}`;
}

/** What was counted by name: `3 upstream-status, 1 circuit-open`. */
export function listed(counts: Readonly<Record<string, number>>): string {
  const found = Object.entries(counts);
  return found.length === 0 ? 'none' : found.map(([name, value]) => `${value.toLocaleString('en')} ${name}`).join(', ');
}

/** The time of day, to the second. */
export function clock(epochMs: number): string {
  return new Date(epochMs).toLocaleTimeString('en-GB');
}

/** Says in a sentence what a page waited for, or why it failed. */
export function verdict({ outcome, code, durationMs, waterfall }: ExecutionView): string {
  const { boundBy, criticalPath, sections } = waterfall;
  if (outcome === 'failed') {
    const failed = sections.find(section => section.outcome === 'failed');
    return failed === undefined
      ? `Failed before any section did: ${code ?? 'unknown'}.`
      : `Failed by ${failed.name} after ${ms(durationMs)}: ${code ?? 'unknown'}.`;
  }
  if (boundBy === undefined)
    return outcome === 'departed' ? 'The client left before any section ran.' : 'No section ran.';
  const left = outcome === 'departed' ? 'The client left. ' : '';
  const chain = criticalPath.length > 1 ? ` on the way ${criticalPath.join(' → ')}` : '';
  const asked = boundBy.upstream === undefined ? '' : `, waiting for ${boundBy.upstream} ${boundBy.call}`;
  return `${left}Bounded by ${boundBy.section}: ${ms(boundBy.durationMs)} of ${ms(durationMs)}${chain}${asked}.`;
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
