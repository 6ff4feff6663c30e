/**
 * A request that is turned away because there is more to do than can be done. Carries no stack: made when there is no time.
 */
export class Shed extends Error {
  override readonly name = 'Shed';

  /**
   * @param page          the page's name
   * @param retryAfterMs  milliseconds after which asking again makes sense
   */
  constructor(
    readonly page: string,
    readonly retryAfterMs: number,
  ) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(`${page} is turned away: there is more to do than can be done`);
    Error.stackTraceLimit = limit;
  }
}
