/** A request for a page or a route that is not served any more: 410. Carries no stack: it is no fault, and comes by the thousand. */
export class Retired extends Error {
  override readonly name = 'Retired';

  /**
   * @param what       the page's or route's name
   * @param successor  a URI reference: what to use instead
   */
  constructor(
    readonly what: string,
    readonly successor: string | undefined,
  ) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(`${what} is retired`);
    Error.stackTraceLimit = limit;
  }
}
