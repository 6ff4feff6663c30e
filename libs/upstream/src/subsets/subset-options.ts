import { z } from 'zod';

/** The subset of all instances that are in no other. */
export const DEFAULT_SUBSET = 'default';

/** Subsets of one upstream beside `default`: their names are labels of metrics. */
const MAX_SUBSETS = 8;
const NAME = /^[a-z][a-z0-9-]{0,31}$/;

const text = z.string().min(1).max(512);

const subsetSchema = z
  .strictObject({
    /** A tag that its instances have. */
    tag: text.optional(),
    /** Metadata that its instances have, all of it. */
    meta: z.record(text, z.string().max(512)).default({}),
    /** Of all who are not sent elsewhere by header or claim, how many are answered by it. */
    weightPercent: z.number().min(0).max(100).default(0),
    /** By name: values of which the caller's claim must have one, or contain one. */
    claims: z.record(text, z.array(z.union([z.string(), z.number(), z.boolean()])).min(1)).default({}),
  })
  .refine(
    ({ tag, meta }) => tag !== undefined || Object.keys(meta).length > 0,
    'selects no instances: give it a tag or meta',
  );

/** The subsets of one upstream by name, in order. */
export const subsetsSchema = z
  .record(z.string().regex(NAME, 'must be lower-case letters, digits and dashes, 32 at most'), subsetSchema)
  .refine(subsets => Object.keys(subsets).length <= MAX_SUBSETS, `are more than ${MAX_SUBSETS}`)
  .refine(
    subsets => !Object.hasOwn(subsets, DEFAULT_SUBSET),
    `have one called ${DEFAULT_SUBSET}, as those in none are called`,
  )
  .default({});

/** Weights in percent by subset, instead of what the subsets themselves say. */
export const subsetWeightsSchema = z.record(z.string(), z.number().min(0).max(100)).default({});

/** One subset as declared, complete. */
export type SubsetConfig = z.output<typeof subsetSchema>;

/** Weights in percent, by subset. */
export type SubsetWeights = Readonly<Record<string, number>>;
