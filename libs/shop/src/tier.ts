import type { Principal } from 'guichet/kernel';
import { z } from 'zod';

/** What a customer is to the store; gold pays less. */
export const tierSchema = z.enum(['basic', 'gold']);
export type Tier = z.output<typeof tierSchema>;

/** @returns the tier that the claim `tier` names; whoever has none, or is unknown, is basic */
export function tierOf(viewer: Principal | undefined): Tier {
  const claimed = tierSchema.safeParse(viewer?.claims['tier']);
  return claimed.success ? claimed.data : 'basic';
}
