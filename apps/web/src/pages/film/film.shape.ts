import { formatSchema } from '#shop';
import { z } from 'zod';
import { ratings } from '../film-ratings.js';
import { filmTile } from '../film-tile.js';
import { priceTag } from '../price-tag.js';

/** What the web client draws of a film, and no more. */
export const filmShape = z.object({
  film: filmTile.extend({
    director: z.string().nullable(),
    distributor: z.string().nullable(),
    mpaaRating: z.string().nullable(),
    runningTimeMinutes: z.int().nullable(),
    basis: z.string().nullable(),
    releaseDate: z.string().nullable(),
  }),
  price: priceTag,
  ratings: ratings.optional(),
  stock: z.array(z.object({ format: formatSchema, copies: z.int().nullable(), available: z.boolean() })).optional(),
  similar: z.array(filmTile),
});
