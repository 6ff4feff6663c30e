import { type FilmRecord, yearOf } from './films.js';

/** What a customer is to the store: gold pays less. */
export const TIERS = ['basic', 'gold'] as const;
export type Tier = (typeof TIERS)[number];

/** What a film costs somebody. */
export interface PriceTag {
  readonly sku: string;
  readonly filmId: number;
  readonly tier: Tier;
  readonly currency: 'EUR';
  /** What is to be paid, in cents. */
  readonly amountCents: number;
  /** What it costs without the tier's discount, in cents. */
  readonly listAmountCents: number;
  readonly discountPercent: number;
}

/** A film's price: more for an expensive one, less for an old one, a few cents by its number; gold pays 15 % less. */
export function priceOf(film: FilmRecord, tier: Tier): PriceTag {
  const forBudget = Math.min(800, Math.round((film.budget ?? 0) / 250_000));
  const forAge = (yearOf(film) ?? 2000) < 1990 ? 0 : 300;
  const listAmountCents = 490 + Math.round((forBudget + forAge) / 100) * 100 + (film.id % 5) * 10;
  const discountPercent = tier === 'gold' ? 15 : 0;
  const amountCents = Math.round((listAmountCents * (100 - discountPercent)) / 100);
  return { sku: film.sku, filmId: film.id, tier, currency: 'EUR', amountCents, listAmountCents, discountPercent };
}
