import { z } from 'zod';
import { filmRating } from '../film-ratings.js';
import { filmTile } from '../film-tile.js';
import { filmPrice } from '../price-tag.js';

/** What the web client draws of a search, and no more; `total` counts the films of all pages. */
export const searchShape = z.object({
  results: z.object({ total: z.int(), films: z.array(filmTile) }),
  prices: z.array(filmPrice).optional(),
  ratings: z.array(filmRating).optional(),
});
