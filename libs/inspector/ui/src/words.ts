import type { ExchangeSummary, ExecutionView } from './server';

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

/** What an exchange carried: `512 B`, `1 MB in, 20 B out`. */
export function bodies({ receivedBytes, sentBytes }: ExchangeSummary): string {
  if (receivedBytes === 0) return sentBytes === 0 ? 'none' : bytes(sentBytes);
  return `${bytes(receivedBytes)} in, ${bytes(sentBytes)} out`;
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

const ORDINALS = ['first', 'second', 'third', 'fourth'];

/** Says in a sentence or two who was asked, and what came of it. */
export function exchangeVerdict({ attempts, outcome, status, code }: ExchangeSummary): string {
  const [first, last] = [attempts[0], attempts.at(-1)];
  const ended = {
    answered: `${last?.instance} answered with ${status}`,
    failed: `Failed: ${code}`,
    cut: `Cut off amid the answer of ${last?.instance}: ${code}`,
    departed: 'The client left',
  }[outcome];
  if (first === undefined) return `${ended}. No instance was asked.`;
  if (attempts.length === 1) return outcome === 'failed' ? `${ended}, asking ${first.instance}.` : `${ended}.`;
  const which = ORDINALS[attempts.length - 1] ?? `${attempts.length}th`;
  return `${ended}, at the ${which} attempt. The first, at ${first.instance}, ${endOf(first)}.`;
}

function endOf({ outcome, code, status }: ExchangeSummary['attempts'][number]): string {
  return outcome === 'failed' ? `failed: ${status > 0 ? `status ${status}` : code}` : `was ${outcome ?? 'under way'}`;
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
