import { z } from 'zod';
import { filmRating } from '../film-ratings.js';
import { filmTile } from '../film-tile.js';
import { filmPrice } from '../price-tag.js';

/** What the web client draws of the shop window, and no more. */
export const homeShape = z.object({
  customer: z.object({ name: z.string() }).nullable(),
  lists: z.array(z.object({ name: z.string(), title: z.string(), films: z.array(filmTile) })),
  picks: z.array(filmTile),
  prices: z.array(filmPrice).optional(),
  ratings: z.array(filmRating).optional(),
});
