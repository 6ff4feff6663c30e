/** A subset of instances that a request asks to be answered by, in the app's own header. */
export interface SubsetWish {
  /** The header's name, in lower case. */
  readonly header: string;
  /** A subset that some upstream of the app declares. */
  readonly subset: string;
}

/** What can be done again from its beginning: a page. */
export interface Repeatable {
  /** What is run: one of a page's class, the same for all its requests. */
  readonly name: string;
  /**
   * Lets go of everything under way and begins anew, in a moment.
   * @returns whether it does; not where something was done that may not be done twice, nor where it is over
   */
  beginAgain(): boolean;
}

/**
 * Of which subsets of its upstreams a request is answered: chosen once for each upstream, left together. Made with the first call of
 * a request for which it matters who asks.
 */
export class Cohort {
  /** Whether a subset was left: everything is then asked of the default ones. */
  hasLeft = false;
  /** Calls that were begun on other subsets than the default ones. */
  strayed = 0;
  /** The upstream whose ejected subset it tries, if any. */
  trialOf: string | undefined = undefined;
  /** The subsets chosen, by upstream. */
  readonly chosen = new Map<string, string>();

  /**
   * @param point  where it stands among all who ask: from 0 up to 1
   * @param vary   the request headers that its choices depend on, as `Vary` lists them
   */
  constructor(
    readonly point: number,
    readonly vary: string,
  ) {}
}
