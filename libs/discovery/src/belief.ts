import { formatHostPort } from './address.js';
import type { HealthAnswer } from './consul-entries.js';
import type { Instance, Snapshot } from './instance.js';
import { keepIdentity } from './same-instances.js';

/** How long instances that are missing from an answer are still believed in. */
export interface Graces {
  /** After N → 0 in one step, or nothing at all after an outage: milliseconds. */
  readonly emptyGraceMs: number;
  /** For those still missing when others are back after an outage: milliseconds. */
  readonly returnGraceMs: number;
}

/** What is believed of a service's instances, and on what footing. Immutable. */
export interface Belief {
  /** Ordered by id. */
  readonly instances: readonly Instance[];
  readonly state: Snapshot['state'];
  /** Consul failed, or began anew, since its last answer: the next one may not know everybody yet. */
  readonly isAfterOutage: boolean;
  /** Instances that no answer confirms are kept until then. */
  readonly hold: { readonly of: 'everything' | 'the missing'; readonly until: number } | undefined;
}

/** What is believed once Consul failed to answer: the same as before, as long as it takes. */
export function afterFailure(belief: Belief): Belief {
  return { ...belief, state: 'last-known-good', isAfterOutage: true };
}

/** What is believed once Consul's index went back: it is a new one, or was restored from a backup. */
export function afterIndexReset(belief: Belief): Belief {
  return { ...belief, isAfterOutage: true };
}

/**
 * What is believed after an answer.
 *
 * An answer is taken at its word, with two exceptions. Several instances that vanish in one step are more likely a mishap
 * of Consul (wiped, partitioned, an ACL) than of all of them, so they are kept for `emptyGraceMs`; the last one of a
 * service that went one by one is believed to be gone. And after an outage Consul may have forgotten everybody and hears
 * of them again one by one, so those missing are kept for `returnGraceMs`; not so who is there and fails its checks, or
 * whose address another instance has taken.
 * @param now  milliseconds on the kernel's clock
 */
export function afterAnswer(belief: Belief | undefined, answer: HealthAnswer, now: number, graces: Graces): Belief {
  const before = belief?.instances ?? [];
  const hold = belief && holdFor(belief, answer.passing.length > 0, now, graces);
  const kept =
    hold === undefined || now >= hold.until ? [] : hold.of === 'everything' ? before : missing(before, answer);
  return {
    instances: keepIdentity(before, hold?.of === 'everything' && kept.length > 0 ? kept : [...answer.passing, ...kept]),
    state: kept.length > 0 ? 'last-known-good' : 'fresh',
    isAfterOutage: false,
    hold: kept.length > 0 ? hold : undefined,
  };
}

function holdFor(belief: Belief, someAreBack: boolean, now: number, graces: Graces): Belief['hold'] {
  const { hold, isAfterOutage } = belief;
  if (someAreBack) {
    const until = now + graces.returnGraceMs;
    if (isAfterOutage) return { of: 'the missing', until };
    return hold?.of === 'everything' ? { of: 'the missing', until: Math.min(until, hold.until) } : hold;
  }
  if (isAfterOutage || (hold === undefined && belief.instances.length > 1)) {
    return { of: 'everything', until: now + graces.emptyGraceMs };
  }
  return hold && { ...hold, of: 'everything' };
}

function missing(before: readonly Instance[], { passing, failing }: HealthAnswer): Instance[] {
  const ids = new Set(passing.map(({ id }) => id));
  const addresses = new Set(passing.map(({ host, port }) => formatHostPort(host, port)));
  return before.filter(
    ({ id, host, port }) => !ids.has(id) && !failing.has(id) && !addresses.has(formatHostPort(host, port)),
  );
}
