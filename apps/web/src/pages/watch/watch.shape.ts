import { z } from 'zod';

/** The watchlist as it is now, in the order in which films were put there. */
export const watchShape = z.object({ watchlist: z.object({ filmIds: z.array(z.int()) }) });
