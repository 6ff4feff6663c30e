import { randomHex } from './random-hex.js';

/** Version 00 as the W3C writes it; a later version may carry more behind it, which we do not pass on. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const TRACEPARENT_MAX_LENGTH = 256;
/** What the W3C asks everybody to pass on at least; longer ones are dropped whole. */
const TRACESTATE_MAX_LENGTH = 512;
const TRACESTATE_MAX_MEMBERS = 32;
const TRACESTATE_MEMBER =
  /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/** The W3C trace context of one request. */
export interface TraceContext {
  /** `00-<trace id>-<parent id>-<flags>`. */
  readonly traceparent: string;
  /** The vendors' part, if there is one. */
  readonly tracestate: string | undefined;
  /** Whether it began elsewhere: the parent is then the client's span. Where it begins here, nobody else knows that id. */
  readonly isContinued: boolean;
}

/**
 * Continues the client's trace, or starts a new one, not sampled, where there is none or it is broken.
 * A broken or oversized `tracestate` is dropped alone, as the W3C says.
 * @param traceparent  the client's header
 * @param tracestate   the client's header
 * @see https://www.w3.org/TR/trace-context/
 */
export function traceContext(traceparent: unknown, tracestate: unknown): TraceContext {
  const continued = typeof traceparent === 'string' ? continuing(traceparent) : undefined;
  if (continued === undefined) {
    return { traceparent: `00-${randomHex(16)}-${randomHex(8)}-00`, tracestate: undefined, isContinued: false };
  }
  return { traceparent: continued, tracestate: acceptableState(tracestate), isContinued: true };
}

function continuing(traceparent: string): string | undefined {
  if (traceparent.length > TRACEPARENT_MAX_LENGTH) return undefined;
  const match = TRACEPARENT.exec(traceparent);
  if (!match) return undefined;
  const [, version, traceId, parentId, flags, more] = match;
  if (version === '00') return more === undefined ? traceparent : undefined;
  return `00-${traceId}-${parentId}-${flags}`;
}

function acceptableState(tracestate: unknown): string | undefined {
  if (typeof tracestate !== 'string' || tracestate.length > TRACESTATE_MAX_LENGTH) return undefined;
  const members = tracestate
    .split(',')
    .map(member => member.trim())
    .filter(member => member !== '');
  if (members.length === 0 || members.length > TRACESTATE_MAX_MEMBERS) return undefined;
  return members.every(member => TRACESTATE_MEMBER.test(member)) ? members.join(',') : undefined;
}
