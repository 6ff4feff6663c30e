import type { Msg, MsgHdrs } from '@nats-io/transport-node';
import { isJson, isPlain } from '../media-type.js';
import { parseJson } from '../parse-json.js';
import { retryAfterMs } from '../retry-after.js';
import type { MessageReply } from './message-reply.js';

/**
 * What a message says as a reply. An error is told by the headers of NATS' services.
 * @see https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-32.md
 * @throws Error  for headers that cannot be read
 */
export function natsReply(message: Msg, epochMs: () => number): MessageReply {
  const { data, headers } = message;
  return {
    status: headers === undefined ? 200 : statusOf(headers),
    bytes: data.length,
    retryAfterMs: headers && retryAfterMs(headerOf(headers, 'retry-after'), epochMs),
    value() {
      const type = headers && headerOf(headers, 'content-type');
      if ((type !== undefined && !isJson(type)) || !isPlain(headers && headerOf(headers, 'content-encoding')))
        throw new SyntaxError('is no JSON');
      return data.length === 0 ? undefined : parseJson(Buffer.from(data.buffer, data.byteOffset, data.length));
    },
  };
}

/** Whether a message is the broker's own word that nobody listens. */
export function isNobodyThere({ data, headers }: Msg): boolean {
  return data.length === 0 && headers?.code === 503;
}

function statusOf(headers: MsgHdrs): number {
  const code = headerOf(headers, 'nats-service-error-code');
  if (code === undefined) return headerOf(headers, 'nats-service-error') === undefined ? 200 : 500;
  return /^[45]\d\d$/.test(code) ? Number(code) : 500;
}

function headerOf(headers: MsgHdrs, name: string): string | undefined {
  for (const [given, values] of headers) if (given.toLowerCase() === name) return values[0];
  return undefined;
}
