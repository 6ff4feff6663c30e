import { z } from 'zod';

export const Film = z.object({
  id: z.number(),
  sku: z.string(),
  title: z.string(),
  year: z.number(),
  genre: z.string(),
  director: z.string(),
  runtimeMinutes: z.number(),
  synopsis: z.string(),
  cast: z.array(z.object({ name: z.string(), role: z.string() })),
});

export const Price = z.object({
  sku: z.string(),
  amount: z.number(),
  currency: z.string(),
  taxRate: z.number(),
  offers: z.array(z.object({ kind: z.string(), amount: z.number(), hours: z.number() })),
});

export const Stock = z.object({
  sku: z.string(),
  copies: z.number(),
  warehouses: z.array(z.string()),
  streaming: z.boolean(),
});

export const Ratings = z.object({
  average: z.number(),
  votes: z.number(),
  reviews: z.array(z.object({ author: z.string(), stars: z.number(), text: z.string() })),
});

export const Similar = z.object({
  films: z.array(z.object({ id: z.number(), title: z.string(), year: z.number(), score: z.number() })),
});
