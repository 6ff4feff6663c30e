import { dayOf } from 'guichet/kernel';
import type { Ending } from '../model.js';

/** @returns an end in words: `deprecated since 2026-10-01, ends on 2027-04-01; instead: quotes` */
export function toldEnding({ since, sunset, successor, isRetired }: Ending): string {
  const instead = successor === undefined ? '' : `; instead: ${successor}`;
  const end = sunset === undefined ? '' : `${isRetired ? ', its end: ' : ', ends on '}${dayOf(sunset)}`;
  return `${isRetired ? 'retired' : `deprecated since ${dayOf(since)}`}${end}${instead}`;
}
