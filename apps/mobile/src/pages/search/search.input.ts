import { z } from 'zod';

/** `?query=king&page=2`; pages count from 1. */
export const searchInput = z.object({
  query: z.string().trim().min(1).max(100),
  page: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, 'must be a whole number from 1 to 9999')
    .transform(Number)
    .default(1),
});
