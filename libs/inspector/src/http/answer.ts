import type { IncomingMessage, ServerResponse } from 'node:http';

/** Bytes that a request's body may have. */
const MAX_BODY_BYTES = 16_384;

/** What browsers are told of all that the inspector answers: nothing from elsewhere, nothing written into the page, no frame around it. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** Tells browsers how little they may do with an answer. */
export function secure(response: ServerResponse): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(value));
}

/** A question that cannot be answered as it was asked; its message says why. */
export class BadQuestion extends Error {
  override readonly name: string = 'BadQuestion';
}

/** Answers with what is read as JSON, with 400 where the question was none. */
export async function sendRead(response: ServerResponse, read: () => unknown): Promise<void> {
  let value: unknown;
  try {
    value = await read();
  } catch (error) {
    if (!(error instanceof BadQuestion)) throw error;
    return refuse(response, 400, error.message);
  }
  sendJson(response, value);
}

/** Answers with a problem (RFC 9457). */
export function refuse(response: ServerResponse, status: number, title: string): void {
  response.writeHead(status, { 'Content-Type': 'application/problem+json' });
  response.end(JSON.stringify({ type: 'about:blank', title, status }));
}

/**
 * Reads a body of JSON. A media type that a form could not send, so that no form of another page can.
 * @returns what was sent; undefined where it is something else, or too much
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json(?:;|$)/i.test(request.headers['content-type'] ?? '')) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
