import { z } from 'zod';
import { upstreamOptionsSchema } from '../upstream-options.js';

/**
 * The options of one call: those that held when its page began. A call's own word goes before them.
 * The others of {@link LIVE_UPSTREAM_OPTIONS} are of what all calls share, and hold for it at once.
 */
export const OPTIONS_OF_A_CALL = ['timeoutMs', 'maxRetries', 'hedge'] as const;

/** The options of an upstream that may be changed while the app runs: none of them says whom it calls, as whom, or how it connects. */
export const LIVE_UPSTREAM_OPTIONS = [
  ...OPTIONS_OF_A_CALL,
  'hedgeQuantile',
  'hedgeMaxRatio',
  'retryBudgetRatio',
  'retryBudgetMin',
  'singleflight',
  'sharedBudgetMs',
  'maxConcurrent',
  'maxQueued',
  'adaptiveLimit',
  'breaker',
  'breakerFailureRatio',
  'breakerWindowMs',
  'breakerMinCalls',
  'breakerOpenMs',
  'breakerMaxOpenMs',
  'breakerProbes',
  'ejection',
  'ejectionFailures',
  'ejectionFailureRatio',
  'ejectionMinCalls',
  'ejectionMs',
  'ejectionMaxMs',
  'ejectedMaxRatio',
  'warmUpMs',
  'subsetWeights',
] as const;

type LiveOption = (typeof LIVE_UPSTREAM_OPTIONS)[number];

/** What a document may say of one upstream. */
export type LiveUpstreamOptions = { readonly [K in LiveOption]?: z.output<(typeof upstreamOptionsSchema)['shape'][K]> };

/** The same as a schema: the boot's own, without its defaults, for what is left out is as it is declared. */
export const liveUpstreamOptionsSchema = z.strictObject(
  Object.fromEntries(LIVE_UPSTREAM_OPTIONS.map(name => [name, withoutDefault(name)])),
) as unknown as z.ZodType<LiveUpstreamOptions>;

function withoutDefault(name: LiveOption): z.ZodType {
  const field: z.ZodType = upstreamOptionsSchema.shape[name];
  return z.optional(field instanceof z.ZodDefault ? (field.unwrap() as z.ZodType) : field);
}
