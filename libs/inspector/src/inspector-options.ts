import { type BootProblems, readOptions } from 'guichet/kernel';
import { z } from 'zod';

const SWITCH = { on: true, off: false } as const;

/** Whether an app shows itself to its developers, and to whom. */
export const inspectorOptionsSchema = z.strictObject({
  /** `INSPECTOR`: `on` or `off`; by default on in development, in production only with a token. */
  isOn: z.boolean({ error: 'is on or off' }),
  /** `INSPECTOR_TOKEN`: what its visitors must know. Without one, it is for this machine alone. */
  token: z
    .string()
    .min(16, 'is shorter than 16 characters')
    .max(512, 'is longer than 512 characters')
    .regex(/^[\x21-\x7e]+$/, 'is printable ASCII without spaces')
    .optional(),
});

/** Whether an app shows itself, and to whom. */
export type InspectorOptions = Readonly<z.output<typeof inspectorOptionsSchema>>;

/** Reads `INSPECTOR` and `INSPECTOR_TOKEN`; what is wrong is noted in `problems`. */
export function inspectorOptions(environment: NodeJS.ProcessEnv, problems: BootProblems): InspectorOptions {
  const { INSPECTOR: said, INSPECTOR_TOKEN: token, NODE_ENV: mode } = environment;
  const isProduction = mode === 'production';
  const isOn = said ? (SWITCH[said as keyof typeof SWITCH] ?? said) : !isProduction || Boolean(token);
  const raw = { isOn, ...(token && { token }) };
  const origins = { isOn: said ? 'INSPECTOR' : 'NODE_ENV', ...(token && { token: 'INSPECTOR_TOKEN' }) };
  if (isProduction && isOn && !token) {
    problems.add({
      where: 'inspector',
      path: 'INSPECTOR_TOKEN',
      message: 'is missing: in production the inspector is for those who know a token',
      mend: 'set it to at least 16 random characters, or leave INSPECTOR out',
    });
  }
  try {
    return readOptions('inspector', inspectorOptionsSchema, raw, problems, origins);
  } catch {
    // The problem is noted; there is no default to go on with where the switch itself is wrong.
    return { isOn: false };
  }
}
