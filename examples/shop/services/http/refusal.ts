/** An answer that is a problem: sent as `application/problem+json` (RFC 9457). */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  /**
   * @param status  HTTP status, 400 to 599
   * @param code    kebab-case, stable: what programs read
   * @param detail  a sentence for people
   */
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

/** @returns the value, when there is one */
export function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Refusal(404, 'not-found', `There is no such ${what}.`);
  return value;
}
