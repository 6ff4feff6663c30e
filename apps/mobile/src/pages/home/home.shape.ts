import { z } from 'zod';
import { filmLine } from '../film-line.js';

/** What a small screen shows of the shop window. */
export const homeShape = z.object({
  tonight: z
    .object({
      id: z.int(),
      title: z.string(),
      /** 0 to 10. */
      imdb: z.number().nullable(),
      /** Whether it can be seen at once. */
      streams: z.boolean(),
    })
    .nullish(),
  lists: z.array(z.object({ title: z.string(), films: z.array(filmLine) })),
});
