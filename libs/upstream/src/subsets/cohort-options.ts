import { z } from 'zod';

/** Headers that say something else. */
const TAKEN =
  /^(accept|accept-.*|authorization|connection|content-.*|cookie|expect|forwarded|host|idempotency-key|if-.*|origin|range|referer|te|trailer|traceparent|tracestate|transfer-encoding|upgrade|user-agent|vary|via|x-deadline-ms|x-forwarded-.*|x-identity|x-previous-attempts|x-request-id)$/;

/** How an app's requests are assigned to subsets of upstreams: one strict schema. */
export const cohortOptionsSchema = z.strictObject({
  /** The request's header that names a subset; without one, none is heard. */
  header: z
    .string()
    .toLowerCase()
    .regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be a header name')
    .refine(name => !TAKEN.test(name), 'is a header that says something else')
    .optional(),
  /** Whose header is believed: that of direct neighbours in the own network, or anybody's. */
  headerFrom: z.enum(['neighbours', 'anyone']).default('neighbours'),
  /** Whether who is not signed in is spread over the weights, anew with every request, or always answered by the default subsets. */
  anonymous: z.enum(['spread', 'default']).default('spread'),
  /** Another one chooses other people. */
  salt: z.string().max(128).default(''),
});

/** How requests are assigned, as an app writes it. */
export type CohortOptions = z.input<typeof cohortOptionsSchema>;

/** The same, complete. */
export type CohortConfig = Readonly<z.output<typeof cohortOptionsSchema>>;
