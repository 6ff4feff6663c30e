import { hash } from 'node:crypto';
import { Cohort, type Principal, type RequestContext } from 'guichet/kernel';
import { EvenSequence } from 'guichet/resilience';
import type { CohortConfig } from './cohort-options.js';
import type { Subsets } from './subsets.js';

/** There is one for each page; were there more, this bounds what is kept. */
const MAX_PAGES = 1_000;

/** Assigns an app's requests to cohorts: the same for all of its upstreams. */
export class Cohorts {
  private readonly sequence: EvenSequence;
  private readonly vary: string;
  /** By page, the upstreams with subsets that its requests were seen to ask. */
  private readonly asked = new Map<string, Set<Subsets>>();

  /** @param random  uniform in [0, 1) */
  constructor(
    private readonly config: CohortConfig,
    random: () => number,
  ) {
    this.sequence = new EvenSequence(random());
    this.vary = ['Authorization', 'Cookie', ...(config.header ? [config.header] : [])].join(', ');
  }

  /** @returns the cohort of a request, made when it is asked for first */
  of(request: RequestContext): Cohort {
    return (request.cohort ??= new Cohort(this.pointOf(request.principal), this.vary));
  }

  /**
   * Notes that a request asks an upstream.
   * @returns the upstreams with subsets that requests like it ask, as far as is known
   */
  like({ repeatable }: RequestContext, subsets: Subsets): Iterable<Subsets> {
    if (repeatable === undefined) return [subsets];
    let asked = this.asked.get(repeatable.name);
    if (asked === undefined) {
      asked = new Set();
      if (this.asked.size < MAX_PAGES) this.asked.set(repeatable.name, asked);
    }
    return asked.add(subsets);
  }

  private pointOf(principal: Principal | undefined): number {
    if (principal !== undefined) return pointOf(this.config.salt, principal);
    // 1 is beyond every weight.
    return this.config.anonymous === 'spread' ? this.sequence.next() : 1;
  }
}

/**
 * Where a person stands among all, the same at every upstream, replica and app with the same salt.
 * @returns from 0 up to 1, of 48 bits of SHA-256
 */
export function pointOf(salt: string, { issuer, subject }: Pick<Principal, 'issuer' | 'subject'>): number {
  const digest = hash('sha256', JSON.stringify([salt, issuer, subject]), 'hex');
  return Number.parseInt(digest.slice(0, 12), 16) / 2 ** 48;
}
