import { z } from 'zod';
import { filmLine } from '../film-line.js';

/** What a small screen shows of a search; `total` counts the films of all pages. */
export const searchShape = z.object({ total: z.int(), films: z.array(filmLine) });
