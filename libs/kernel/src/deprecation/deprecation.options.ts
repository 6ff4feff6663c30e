import { z } from 'zod';

/** What a link may be made of: everything that a URI reference may, so that it needs no escape in a header. */
const REFERENCE = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/;

/** `2026-10-01`, the beginning of that day by UTC, or an instant with its zone. Becomes milliseconds since 1970-01-01 UTC. */
const instant = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], {
    error: 'is a date (2026-10-01), or an instant with its zone (2026-10-01T12:00:00Z)',
  })
  .transform(text => Date.parse(text));

const reference = z
  .string()
  .max(500)
  .refine(isReference, 'is neither a path of this origin (/pages/…) nor a whole https address');

const base = {
  /** Since when it should not be used any more; may lie ahead. */
  since: instant,
  /** When it ends; not before `since`. */
  sunset: instant.optional(),
};

/** Says of a page, a command or a pass-through route that its time is over. */
export const deprecationSchema = z
  .strictObject({
    ...base,
    /** What to use instead: a path, which may have the parameters of the page's own (`/pages/v2/films/:id`), or an address. */
    successor: reference.optional(),
    /** Where people read about it. */
    details: reference.optional(),
    /** Whether it is served after its sunset, or answered with 410. */
    afterSunset: z.enum(['serve', 'gone']).default('serve'),
  })
  .refine(isInOrder, { path: ['sunset'], message: 'must not be before `since`' })
  .refine(({ sunset, afterSunset }) => afterSunset === 'serve' || sunset !== undefined, {
    path: ['afterSunset'],
    message: 'needs a `sunset`',
  });

/** Says of an upstream, or of one call of its client, that its time is over. */
export const callDeprecationSchema = z
  .strictObject({
    ...base,
    /** What to use instead, in words: a method of the client, another service. */
    successor: z.string().max(200).optional(),
    /** Whether nothing may use it any more, whatever the day: `guichet map` fails where something does. */
    retired: z.boolean().default(false),
  })
  .refine(isInOrder, { path: ['sunset'], message: 'must not be before `since`' });

/** What a page, a command or a route says of its end, as it is written. */
export type DeprecationOptions = z.input<typeof deprecationSchema>;

/** The same, checked: instants in milliseconds since 1970-01-01 UTC. */
export type Deprecation = Readonly<z.output<typeof deprecationSchema>>;

/** What an upstream or a call says of its end, as it is written. */
export type CallDeprecationOptions = z.input<typeof callDeprecationSchema>;

/** The same, checked: instants in milliseconds since 1970-01-01 UTC. */
export type CallDeprecation = Readonly<z.output<typeof callDeprecationSchema>>;

function isInOrder({ since, sunset }: { since: number; sunset?: number | undefined }): boolean {
  return sunset === undefined || sunset >= since;
}

function isReference(text: string): boolean {
  if (!REFERENCE.test(text)) return false;
  // Two slashes would name another host.
  if (text.startsWith('/')) return !text.startsWith('//');
  return /^https?:\/\//.test(text) && URL.canParse(text);
}
