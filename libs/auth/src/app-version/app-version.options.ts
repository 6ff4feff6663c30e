import { z } from 'zod';
import { versionRank } from './version.js';

/** The options of {@link AppVersionModule}. */
export const appVersionOptions = z.strictObject({
  /** The oldest app that is served: `2.10.0`. From MIN_APP_VERSION. Without one, every app is. */
  minVersion: z
    .string()
    .refine(text => versionRank(text) !== undefined, 'is no version such as 2, 2.10 or 2.10.1')
    .optional(),
  /** Where a newer app is to be had. From APP_STORE_URL. */
  storeUrl: z.url({ protocol: /^https$/, error: 'is an https URL' }).optional(),
  /** Whether an older app is refused (`refuse`), or served and told by a header (`warn`). From APP_VERSION_MODE. */
  mode: z.enum(['refuse', 'warn']).default('refuse'),
});

/** What the guard works with. */
export type AppVersionOptions = z.output<typeof appVersionOptions>;

/** The token under which {@link AppVersionOptions} are injected. */
export const APP_VERSION_OPTIONS = Symbol('AppVersionOptions');
