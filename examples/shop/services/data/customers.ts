import { films } from './films.js';
import type { Tier } from './price-list.js';

/** Who buys here. All made up. */
export interface Customer {
  /** `c1` to `c200`. */
  readonly id: string;
  readonly name: string;
  readonly tier: Tier;
  readonly favouriteGenre: string;
}

const CUSTOMERS = 200;
const FIRST_NAMES = ['Ada', 'Bruno', 'Chiara', 'Dario', 'Elif', 'Farid', 'Greta', 'Hugo', 'Ines', 'Jonas'];
const LAST_NAMES = ['Amsel', 'Berg', 'Conti', 'Dubois', 'Ek', 'Ferreira', 'Gallo', 'Haas', 'Iversen', 'Janda'];
const GENRES = ['Drama', 'Comedy', 'Adventure', 'Action', 'Horror', 'Western', 'Musical'];

/** @returns the customer, or undefined when there is none; every third is gold */
export function customerById(id: string): Customer | undefined {
  const number = /^c[1-9]\d{0,2}$/.test(id) ? Number(id.slice(1)) : 0;
  if (number < 1 || number > CUSTOMERS) return undefined;
  const first = FIRST_NAMES[number % FIRST_NAMES.length]!;
  const last = LAST_NAMES[Math.floor(number / FIRST_NAMES.length) % LAST_NAMES.length]!;
  return {
    id,
    name: `${first} ${last}`,
    tier: number % 3 === 0 ? 'gold' : 'basic',
    favouriteGenre: GENRES[number % GENRES.length]!,
  };
}

/** @returns the numbers of the films that were on a customer's watchlist before anybody put one there */
export function firstWatchlist(customer: Customer): number[] {
  const number = Number(customer.id.slice(1));
  return [1, 2, 3].map(step => ((number * 97 + step * 641) % films.length) + 1);
}
