import type { Deprecation } from 'guichet/kernel';

/** An answer whose head can still be added to: Fastify's reply, or node's own response. */
export interface OpenAnswer {
  getHeader(name: string): unknown;
  header?(name: string, value: string): unknown;
  setHeader?(name: string, value: string): unknown;
}

/** The headers that tell clients of an end, as far as they are the same in every answer. */
export class DeprecationHeaders {
  /** RFC 9745: a structured date. */
  private readonly deprecation: string;
  /** RFC 8594: an HTTP date. */
  private readonly sunset: string | undefined;
  private readonly links: readonly string[];

  constructor({ since, sunset, details }: Deprecation) {
    this.deprecation = `@${Math.floor(since / 1_000)}`;
    this.sunset = sunset === undefined ? undefined : new Date(sunset).toUTCString();
    const kinds = sunset === undefined ? ['deprecation'] : ['deprecation', 'sunset'];
    this.links = details === undefined ? [] : kinds.map(kind => link(details, kind, '; type="text/html"'));
  }

  /**
   * Puts them on an answer that has not begun. What earlier rooms linked to stays.
   * @param successor  the URI reference of what to use instead
   */
  put(answer: OpenAnswer, successor: string | undefined): void {
    set(answer, 'deprecation', this.deprecation);
    if (this.sunset !== undefined) set(answer, 'sunset', this.sunset);
    const links = successor === undefined ? this.links : [...this.links, link(successor, 'successor-version')];
    if (links.length === 0) return;
    const earlier = [answer.getHeader('link') ?? []].flat() as string[];
    set(answer, 'link', [...earlier, ...links].join(', '));
  }
}

function set(answer: OpenAnswer, name: string, value: string): void {
  if (answer.header) answer.header(name, value);
  else answer.setHeader!(name, value);
}

function link(target: string, relation: string, more = ''): string {
  return `<${target}>; rel="${relation}"${more}`;
}
