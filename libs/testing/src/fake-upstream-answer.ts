import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** How a fake upstream answers one request: writes to the response, or does harm to its connection. */
export class FakeAnswer {
  constructor(
    /** Called once per request. May take its time; ends at the latest when the connection closes. */
    readonly write: (response: ServerResponse, closed: AbortSignal) => void | Promise<void>,
  ) {}
}

/** Answers with a status, a JSON body (none if undefined) and headers. */
export function reply(status: number, body?: unknown, headers: Readonly<Record<string, string>> = {}): FakeAnswer {
  return new FakeAnswer(response => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    response.writeHead(status, { ...(text !== undefined && { 'content-type': 'application/json' }), ...headers });
    response.end(text);
  });
}

/** Answers 200 with a body as it is given: for what is no JSON, or not what it says. */
export function replyRaw(body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): FakeAnswer {
  return new FakeAnswer(response => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    response.end(body);
  });
}

/** Answers after some milliseconds, unless the connection closes before. */
export function delayed(delayMs: number, answer: FakeAnswer): FakeAnswer {
  return new FakeAnswer(async (response, closed) => {
    if (await pause(delayMs, closed)) await answer.write(response, closed);
  });
}

/** Never answers; the connection stays open. */
export function hang(): FakeAnswer {
  return new FakeAnswer(() => {});
}

/** Resets the connection before any answer. */
export function reset(): FakeAnswer {
  return new FakeAnswer(response => void response.socket?.resetAndDestroy());
}

/** Sends the head and part of the body, then resets the connection. */
export function resetInBody(part = '{"id":'): FakeAnswer {
  return new FakeAnswer(response => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write(part, () => response.socket?.resetAndDestroy());
  });
}

/** Sends the head, then a byte of JSON whitespace every so often, without end. */
export function drip(everyMs: number): FakeAnswer {
  return new FakeAnswer(async (response, closed) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    while (await pause(everyMs, closed)) response.write(' ');
  });
}

/** Sends body bytes without end, as fast as they are taken. */
export function endless(chunk = 'x'.repeat(64 * 1024)): FakeAnswer {
  return new FakeAnswer(response => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const pump = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', pump);
    pump();
  });
}

/** @returns whether the time passed with the connection still open */
async function pause(ms: number, closed: AbortSignal): Promise<boolean> {
  return delay(ms, true, { signal: closed }).catch(() => false);
}
