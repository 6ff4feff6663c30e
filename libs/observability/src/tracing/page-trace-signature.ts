import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far a signature's instant may be from now, in seconds: what clocks may differ by, and how long one can be used again. */
const FRESH_S = 300;
const SIGNED = /^1\s*;\s*t=(\d{1,12})\s*;\s*sig=([A-Za-z0-9_-]{43})$/;

/** The request that is signed. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as they are sent: `/pages/films/7?lang=de`. */
  readonly target: string;
}

/**
 * Makes the value of `X-Page-Trace` by which a caller shows that it may be told what happened in a page. Good for this method and
 * target alone, and for five minutes.
 * @param secret   `PAGE_TRACE_SECRET` of the app
 * @param epochMs  now, milliseconds since 1970
 */
export function signPageTrace(secret: string, request: SignedRequest, epochMs: number): string {
  const seconds = String(Math.floor(epochMs / 1_000));
  return `1;t=${seconds};sig=${digest(secret, request, seconds).toString('base64url')}`;
}

/** @returns whether a value of `X-Page-Trace` is signed for this request, and lately; in constant time */
export function isSignedPageTrace(value: string, secret: string, request: SignedRequest, epochMs: number): boolean {
  const [, seconds, signature] = SIGNED.exec(value) ?? [];
  if (seconds === undefined || Math.abs(epochMs / 1_000 - Number(seconds)) > FRESH_S) return false;
  const given = Buffer.from(signature!, 'base64url');
  const right = digest(secret, request, seconds);
  return given.length === right.length && timingSafeEqual(given, right);
}

function digest(secret: string, { method, target }: SignedRequest, seconds: string): Buffer {
  return createHmac('sha256', secret).update(`${seconds}\n${method}\n${target}`).digest();
}
