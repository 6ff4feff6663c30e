import { HANDSHAKE_RESPONSE } from '../declaration/passed-headers.js';
import type { DeclaredRoute } from '../declaration/declared-route.js';
import { nominatedBy } from '../request/request-headers.js';
import { setsDeclared } from '../request/cookies.js';
import { rewriteLocation } from './location.js';
import { fieldName, fieldValue } from './raw-fields.js';

/** The head of an answer as it goes on. */
export interface AnswerHead {
  /** Names and values, alternating. */
  readonly list: string[];
  /** What the upstream says its body's length is; undefined where it says nothing. */
  readonly bytes: number | undefined;
  readonly mediaType: string | undefined;
}

/** What a route makes of its answers' headers, worked out at boot. */
export class AnswerHeaderRule {
  /** Trailers that pass. */
  readonly trailers: ReadonlySet<string>;
  private readonly passed: ReadonlySet<string>;
  /** As `passed`, for an upgrade's answer. */
  private readonly ofHandshake: ReadonlySet<string>;
  private readonly addsNoStore: boolean;

  /** @param routes  all of the same upstream, for redirects */
  constructor(
    private readonly route: DeclaredRoute,
    private readonly routes: readonly DeclaredRoute[],
  ) {
    const { responseHeaders, responseTrailers, access } = route.config;
    this.passed = new Set(responseHeaders);
    this.ofHandshake = new Set([...responseHeaders, ...HANDSHAKE_RESPONSE]);
    this.addsNoStore = access !== 'public';
    this.trailers = new Set(responseTrailers);
  }

  /**
   * @param own      what the gateway's rooms have set: it stands, whatever the upstream says
   * @param address  the instance that answered, `host:port`
   * @param status   204 has no body, and tells of no length
   */
  read(
    raw: readonly Buffer[],
    own: Readonly<Record<string, unknown>>,
    address: string,
    status: number,
    passed = this.passed,
  ): AnswerHead {
    let list: string[] = [];
    const { responseCookies, redirects } = this.route.config;
    let nominated: ReadonlySet<string> | undefined;
    let bytes: number | undefined;
    let mediaType: string | undefined;
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const name = fieldName(raw[i]!);
      if (!passed.has(name)) {
        if (name === 'content-length') bytes = Number(fieldValue(raw[i + 1]!));
        else if (name === 'connection') nominated = nominatedBy(fieldValue(raw[i + 1]!).toLowerCase());
        else if (name === 'set-cookie' && responseCookies.length > 0) {
          const cookie = fieldValue(raw[i + 1]!);
          if (setsDeclared(cookie, responseCookies)) list.push(name, cookie);
        }
        continue;
      }
      // Links are a list, to which both may add.
      if (name in own && name !== 'link') continue;
      let value: string | undefined = fieldValue(raw[i + 1]!);
      if (name === 'content-type') mediaType = value;
      else if (name === 'location' && redirects === 'rewrite')
        value = rewriteLocation(value, `http://${address}`, this.routes);
      if (value !== undefined) list.push(name, value);
    }
    if (nominated !== undefined) list = without(list, nominated);
    if (bytes !== undefined && status !== 204) list.push('content-length', String(bytes));
    // A name is never a value: both are compared, which costs less than looking at every other one.
    if (this.addsNoStore && !list.includes('cache-control') && !('cache-control' in own))
      list.push('cache-control', 'no-store');
    return { list, bytes, mediaType };
  }

  /** The same of a 101. */
  readHandshake(raw: readonly Buffer[], own: Readonly<Record<string, unknown>>, address: string): readonly string[] {
    return this.read(raw, own, address, 204, this.ofHandshake).list;
  }

  /** @returns the trailers that pass: names and values, alternating */
  readTrailers(raw: readonly Buffer[]): [string, string][] {
    const list: [string, string][] = [];
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const name = fieldName(raw[i]!);
      if (this.trailers.has(name)) list.push([name, fieldValue(raw[i + 1]!)]);
    }
    return list;
  }
}

function without(list: readonly string[], nominated: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let i = 0; i < list.length; i += 2) if (!nominated.has(list[i]!)) kept.push(list[i]!, list[i + 1]!);
  return kept;
}
