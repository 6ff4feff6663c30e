/** A message that a client published. */
export interface PublishedMessage {
  readonly subject: string;
  /** Where its reply is awaited; undefined where none is. */
  readonly reply: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: Buffer;
}

/** What a client of NATS says. */
export type NatsCommand =
  | { readonly kind: 'ping' }
  | { readonly kind: 'subscribe'; readonly subject: string; readonly sid: string }
  | { readonly kind: 'publish'; readonly message: PublishedMessage }
  | { readonly kind: 'other' };

/**
 * Reads what a client of NATS sends, as it comes.
 * @see https://docs.nats.io/reference/reference-protocols/nats-protocol
 */
export class NatsReader {
  private rest: Buffer = Buffer.alloc(0);

  /** @returns the commands that are whole by now */
  read(chunk: Buffer): readonly NatsCommand[] {
    this.rest = Buffer.concat([this.rest, chunk]);
    const commands: NatsCommand[] = [];
    for (let command = this.next(); command !== undefined; command = this.next()) commands.push(command);
    return commands;
  }

  private next(): NatsCommand | undefined {
    const end = this.rest.indexOf('\r\n');
    if (end < 0) return undefined;
    const [verb = '', ...words] = this.rest.toString('latin1', 0, end).split(' ');
    const isPublished = verb === 'PUB' || verb === 'HPUB';
    const size = isPublished ? Number(words.at(-1)) : 0;
    const whole = end + 2 + (isPublished ? size + 2 : 0);
    if (this.rest.length < whole) return undefined;
    const payload = this.rest.subarray(end + 2, end + 2 + size);
    this.rest = this.rest.subarray(whole);
    if (verb === 'PING') return { kind: 'ping' };
    if (verb === 'SUB') return { kind: 'subscribe', subject: words[0]!, sid: words.at(-1)! };
    if (!isPublished) return { kind: 'other' };
    const headerSize = verb === 'HPUB' ? Number(words.at(-2)) : 0;
    const hasReply = words.length > (verb === 'HPUB' ? 3 : 2);
    const message = {
      subject: words[0]!,
      reply: hasReply ? words[1] : undefined,
      headers: headersOf(payload.toString('utf8', 0, headerSize)),
      data: Buffer.from(payload.subarray(headerSize)),
    };
    return { kind: 'publish', message };
  }
}

/** @returns a message as a client of NATS is sent it */
export function natsMessage(
  subject: string,
  sid: string,
  data: string,
  headers: Readonly<Record<string, string>> = {},
  status = '',
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `NATS/1.0${status && ` ${status}`}\r\n${lines.join('')}\r\n`;
  const headSize = Buffer.byteLength(head);
  return `HMSG ${subject} ${sid} ${headSize} ${headSize + Buffer.byteLength(data)}\r\n${head}${data}\r\n`;
}

function headersOf(text: string): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const line of text.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}
