import { CONSUL_VARIABLES, consulOptions, consulOptionsFromEnv } from 'guichet/discovery';
import { type BootProblems, type OptionOrigins, readOptions } from 'guichet/kernel';
import { z } from 'zod';

/** Where an app's live configuration comes from. */
export const liveOptionsSchema = z
  .strictObject({
    /** `LIVE_CONFIGURATION`: `consul`, `file`, or `off`: the app is as it declares itself. */
    source: z.enum(['consul', 'file', 'off']).default('off'),
    /** `LIVE_CONFIGURATION_FILE`: the document, for `file`. */
    file: z.string().min(1).optional(),
    /** `LIVE_CONFIGURATION_SNAPSHOT_FILE`: where what is in force outlives the process; none: it does not. */
    snapshotFile: z.string().min(1).optional(),
    /** How to reach Consul. */
    consul: consulOptions.prefault({}),
  })
  .superRefine(({ source, file, snapshotFile }, context) => {
    if (source === 'file' && file === undefined)
      context.addIssue({ code: 'custom', path: ['file'], message: 'names the document, a JSON file' });
    if (source !== 'off' && file !== undefined && file === snapshotFile)
      context.addIssue({ code: 'custom', path: ['snapshotFile'], message: 'is the document itself' });
  });

/** The same, as it is written in code. */
export type LiveOptionsInput = z.input<typeof liveOptionsSchema>;
/** Where an app's live configuration comes from. */
export type LiveOptions = Readonly<z.output<typeof liveOptionsSchema>>;

/** What these options are called in problems and in the effective configuration. */
const LIB = 'live';

/** Reads `LIVE_CONFIGURATION…` and Consul's variables over what the code says; what is wrong is noted in `problems`. */
export function liveOptions(
  input: LiveOptionsInput | undefined,
  environment: NodeJS.ProcessEnv,
  problems: BootProblems,
): LiveOptions {
  const {
    LIVE_CONFIGURATION: source,
    LIVE_CONFIGURATION_FILE: file,
    LIVE_CONFIGURATION_SNAPSHOT_FILE: snapshotFile,
  } = environment;
  const isOn = (source || input?.source || 'off') !== 'off';
  const consul = isOn ? consulOptionsFromEnv(environment) : {};
  const raw = {
    ...input,
    ...(source && { source }),
    ...(file && { file }),
    ...(snapshotFile && { snapshotFile }),
    ...((isOn || input?.consul) && { consul: { ...input?.consul, ...consul } }),
  };
  const origins: OptionOrigins = {
    ...(source && { source: 'LIVE_CONFIGURATION' }),
    file: 'LIVE_CONFIGURATION_FILE',
    snapshotFile: 'LIVE_CONFIGURATION_SNAPSHOT_FILE',
    ...Object.fromEntries(
      Object.keys(consul).map(key => [`consul.${key}`, CONSUL_VARIABLES[key as keyof typeof CONSUL_VARIABLES]]),
    ),
  };
  try {
    return readOptions(LIB, liveOptionsSchema, raw, problems, origins);
  } catch {
    // The problem is noted; there is no default to go on with where the source is not named.
    return liveOptionsSchema.parse({});
  }
}
