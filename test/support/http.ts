import { Agent, type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { connect } from 'node:net';

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** @returns the body, parsed; throws with the body's beginning when it is no JSON */
  json(): unknown;
}

/** What a request may say. */
export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of a body. */
  readonly form?: string;
  readonly signal?: AbortSignal;
}

const agent = new Agent({ keepAlive: true, timeout: 4_000 });

/** Sends a request over a kept connection. Rejects when there is no whole answer. */
export function request(
  url: string,
  { method = 'GET', headers = {}, body, form, signal }: RequestOptions = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? form : JSON.stringify(body);
    const sent = httpRequest(
      url,
      {
        method,
        agent,
        headers: {
          ...(payload !== undefined && {
            'Content-Type': 'application/json',
            'Content-Length': Buffer.byteLength(payload),
          }),
          ...headers,
        },
        ...(signal && { signal }),
      },
      response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(answerOf(response.statusCode ?? 0, response.headers, Buffer.concat(chunks))));
      },
    );
    sent.on('error', reject);
    sent.end(payload);
  });
}

/**
 * Sends bytes as they are, so that no client makes them well-formed.
 * @returns what came back until the other side closed
 */
export function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.setEncoding('latin1').setTimeout(5_000, () => socket.destroy(new Error(`no end to the answer: ${answer}`)));
    socket.on('data', (text: string) => (answer += text));
    socket.on('error', error => (answer === '' ? reject(error) : resolve(answer)));
    socket.on('close', () => resolve(answer));
  });
}

function answerOf(status: number, headers: IncomingHttpHeaders, raw: Buffer): Answer {
  const body = raw.toString('utf8');
  return {
    status,
    headers,
    body,
    json: () => {
      try {
        return JSON.parse(body) as unknown;
      } catch {
        throw new Error(`not JSON: ${body.slice(0, 200)}`);
      }
    },
  };
}
