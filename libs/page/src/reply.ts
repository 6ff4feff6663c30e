import type { IncomingMessage, ServerResponse } from 'node:http';

/** Fastify's reply, the part that is used here. */
interface FastifyReply {
  readonly raw: ServerResponse;
  getHeader(name: string): unknown;
  header(name: string, value: string): unknown;
  code(status: number): unknown;
  send(body?: string): unknown;
}

/** The answer as Nest hands it to a controller: Fastify's reply, or Express' response. */
export type PageReply = FastifyReply | ServerResponse;

/** The request as Nest hands it to a controller. */
export type RawRequest = IncomingMessage | { readonly raw: IncomingMessage };

/** @returns node's own response */
export function rawResponse(reply: PageReply): ServerResponse {
  return isFastify(reply) ? reply.raw : reply;
}

/** @returns node's own request */
export function rawRequest(request: RawRequest): IncomingMessage {
  return 'raw' in request ? request.raw : request;
}

/** @returns a header that was set earlier, by a guard or middleware */
export function headerOf(reply: PageReply, name: string): string | undefined {
  const value = reply.getHeader(name) as string | string[] | number | undefined;
  return value === undefined ? undefined : String(value);
}

/** Sets a header in place of an earlier one. */
export function setHeader(reply: PageReply, name: string, value: string): void {
  if (isFastify(reply)) reply.header(name, value);
  else reply.setHeader(name, value);
}

/**
 * Ends the answer with one string, with the status and headers that were set before. Fastify's hooks run, for HEAD the
 * body stays out, `Content-Length` is right.
 */
export function sendText(reply: PageReply, body: string): void {
  if (isFastify(reply)) {
    reply.send(body);
    return;
  }
  reply.setHeader('content-length', Buffer.byteLength(body));
  reply.end(body);
}

/** Ends the answer with 304 and no body. */
export function sendNotModified(reply: PageReply): void {
  if (isFastify(reply)) {
    reply.code(304);
    reply.send();
    return;
  }
  reply.statusCode = 304;
  reply.end();
}

function isFastify(reply: PageReply): reply is FastifyReply {
  return 'raw' in reply;
}
