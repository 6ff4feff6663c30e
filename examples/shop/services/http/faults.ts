import type { IncomingMessage, ServerResponse } from 'node:http';
import { FaultBook } from './fault-book.js';
import { Refusal } from './refusal.js';
import type { Reply } from './route.js';

/**
 * What goes wrong on purpose, for tests; only in a process started with `SHOP_FAULTS=1`: for one request as its header
 * `X-Fault: delayMs=100; status=503` says, for all as `fault-book.ts` is told. Neither its paths nor `/health/live` are ever
 * struck or recorded.
 */
export interface Faults {
  /** @returns the answer to one of the fault book's paths, or undefined for any other */
  control(method: string, path: string, body: unknown): Reply | undefined;
  /**
   * Lets a request suffer.
   * @param body  parsed
   * @returns how its answer is to be sent, or undefined when the request was already dealt with
   * @throws Refusal  for an injected status
   */
  strike(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<Send | undefined>;
}

/** Sends an answer as JSON. */
export type Send = (response: ServerResponse, reply: Reply) => void;

/** Nothing goes wrong. */
export const NO_FAULTS: Faults = {
  control: () => undefined,
  strike: () => Promise.resolve(sendWhole),
};

/** @returns whether tests may let this process' services suffer */
export function takesFaults(env: NodeJS.ProcessEnv = process.env): boolean {
  return env['SHOP_FAULTS'] === '1';
}

/** Faults that tests control over HTTP. One per service. */
export class InjectedFaults implements Faults {
  private readonly book = new FaultBook();

  control(method: string, path: string, body: unknown): Reply | undefined {
    return this.book.control(method, path, body);
  }

  async strike(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<Send | undefined> {
    const { method, url, headers } = request;
    this.book.note({ method: method!, url: url!, headers, body });
    let resetHere = false;
    response.once('close', () => {
      if (!response.writableFinished && !resetHere) this.book.abandoned();
    });
    const fault = this.book.next(headers['x-fault']);
    if (fault.delayMs && !(await staysFor(fault.delayMs, response))) return undefined;
    if (fault.reset) {
      resetHere = true;
      request.socket.resetAndDestroy();
      return undefined;
    }
    if (fault.status) throw new Refusal(fault.status, 'injected-fault', 'This status was asked for by a test.');
    if (fault.malformed) return sendHalf;
    return fault.dripMs ? sendDripping(fault.dripMs) : sendWhole;
  }
}

/** @returns whether the caller is still there after the delay; at once when it leaves */
function staysFor(delayMs: number, response: ServerResponse): Promise<boolean> {
  return new Promise(resolve => {
    const left = () => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      response.off('close', left);
      resolve(true);
    }, delayMs);
    response.once('close', left);
  });
}

/** Sends an answer as it is. */
export function sendWhole(response: ServerResponse, reply: Reply): void {
  const payload = encode(reply);
  head(response, reply, payload).end(payload);
}

function sendHalf(response: ServerResponse, reply: Reply): void {
  const payload = encode(reply);
  const half = payload.subarray(0, payload.length / 2);
  head(response, reply, half).end(half);
}

function sendDripping(dripMs: number): Send {
  return (response, reply) => {
    const payload = encode(reply);
    head(response, reply, payload);
    let sent = 0;
    const timer = setInterval(() => {
      if (sent === payload.length) response.end();
      else response.write(payload.subarray(sent, ++sent));
    }, dripMs);
    response.once('close', () => clearInterval(timer));
  };
}

function encode(reply: Reply): Buffer {
  return Buffer.from(JSON.stringify(reply.body));
}

function head(response: ServerResponse, reply: Reply, payload: Buffer): ServerResponse {
  const headers = { 'Content-Type': 'application/json', 'Content-Length': payload.length, ...reply.headers };
  return response.writeHead(reply.status, headers);
}
