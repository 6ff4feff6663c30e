import type { Price, Stock } from './payload';

/** The formats' names. */
export const FORMATS: Readonly<Record<Stock['format'], string>> = {
  dvd: 'DVD',
  'blu-ray': 'Blu-ray',
  stream: 'Stream',
};

const money = new Map<string, Intl.NumberFormat>();

/** A price as it is written on the tag: `€9.90`. */
export function inMoney(cents: number, currency: Price['currency']): string {
  let format = money.get(currency);
  if (format === undefined) {
    format = new Intl.NumberFormat('en', { style: 'currency', currency });
    money.set(currency, format);
  }
  return format.format(cents / 100);
}

/** A number with its thousands set apart: `12,045`. */
export function inThousands(count: number): string {
  return new Intl.NumberFormat('en').format(count);
}

/** `95` minutes as `1 h 35 min`. */
export function inHours(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes} min` : `${hours} h ${minutes % 60} min`;
}

/** `1 film`, `2 films`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${inThousands(count)} ${count === 1 ? one : many}`;
}

/** An instant as a day: `24 Nov 2026`. @param at  ISO 8601 */
export function onDay(at: string): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' }).format(new Date(at));
}
