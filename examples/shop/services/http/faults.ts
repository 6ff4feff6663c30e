import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from './refusal.js';
import { Reply } from './route.js';

/**
 * What goes wrong on purpose, for tests; only in a process started with `SHOP_FAULTS=1`.
 *
 * - For one request: the header `X-Fault: delayMs=100; status=503`.
 * - For all requests: `PUT /_faults` with `{"delayMs":100}`, until `DELETE /_faults`.
 * - What arrived: `GET /_faults/requests` → `{ requests: [{ method, url, headers }] }`, the raw URL, the latest 10,000.
 * - What callers abandoned: `GET /_faults/aborted` → `{ aborted: 3 }`.
 *
 * `DELETE /_faults` also forgets what arrived and what was abandoned. None of these paths, nor `/health/live`, is ever struck or recorded.
 */
export interface Faults {
  /** @returns the answer to one of the paths above, or undefined for any other */
  control(method: string, path: string, body: unknown): Reply | undefined;
  /**
   * Lets a request suffer.
   * @returns how its answer is to be sent, or undefined when the request was already dealt with
   * @throws Refusal  for an injected status
   */
  strike(request: IncomingMessage, response: ServerResponse): Promise<Send | undefined>;
}

/** Sends an answer as JSON. */
export type Send = (response: ServerResponse, reply: Reply) => void;

/** What a request suffers; together when several are given. */
export interface Fault {
  /** Milliseconds before anything else happens. */
  readonly delayMs?: number;
  /** The status to answer with, instead of an answer. */
  readonly status?: number;
  /** Resets the connection instead of answering. */
  readonly reset?: boolean;
  /** Sends the body one byte at a time, this many milliseconds apart. */
  readonly dripMs?: number;
  /** Sends half the JSON as if it were all. */
  readonly malformed?: boolean;
  /** Only so many requests suffer, then none. */
  readonly times?: number;
}

const KEPT_REQUESTS = 10_000;

/** Nothing goes wrong. */
export const NO_FAULTS: Faults = {
  control: () => undefined,
  strike: () => Promise.resolve(sendWhole),
};

/** @returns the faults of a process with this environment */
export function faultsFromEnvironment(env: NodeJS.ProcessEnv = process.env): Faults {
  return env['SHOP_FAULTS'] === '1' ? new InjectedFaults() : NO_FAULTS;
}

/** Faults that tests control over HTTP. One per service. */
export class InjectedFaults implements Faults {
  private forAll: Fault = {};
  private struck = 0;
  private aborted = 0;
  private requests: { method: string; url: string; headers: unknown }[] = [];

  control(method: string, path: string, body: unknown): Reply | undefined {
    switch (`${method} ${path}`) {
      case 'PUT /_faults':
        this.forAll = parseFault(Object.entries(body ?? {}));
        this.struck = 0;
        return new Reply(200, this.forAll);
      case 'DELETE /_faults':
        this.forAll = {};
        this.struck = this.aborted = 0;
        this.requests = [];
        return new Reply(200, {});
      case 'GET /_faults/requests':
        return new Reply(200, { requests: this.requests });
      case 'GET /_faults/aborted':
        return new Reply(200, { aborted: this.aborted });
      default:
        return undefined;
    }
  }

  async strike(request: IncomingMessage, response: ServerResponse): Promise<Send | undefined> {
    this.remember(request);
    let resetHere = false;
    response.once('close', () => {
      if (!response.writableFinished && !resetHere) this.aborted++;
    });
    const fault = this.faultOf(request);
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

  private faultOf(request: IncomingMessage): Fault {
    const header = request.headers['x-fault'];
    if (typeof header === 'string') {
      return parseFault(header.split(';').map(part => part.trim().split('=', 2) as [string, string]));
    }
    return this.struck++ < (this.forAll.times ?? Infinity) ? this.forAll : {};
  }

  private remember({ method, url, headers }: IncomingMessage): void {
    if (this.requests.length === KEPT_REQUESTS) this.requests.shift();
    this.requests.push({ method: method!, url: url!, headers });
  }
}

function parseFault(entries: [string, unknown][]): Fault {
  const fault: Record<string, number | boolean> = {};
  for (const [name, value] of entries) {
    if (['delayMs', 'status', 'dripMs', 'times'].includes(name)) fault[name] = Number(value);
    else if (['reset', 'malformed'].includes(name)) fault[name] = value !== false && value !== 'false';
    else throw new Refusal(400, 'unknown-fault', 'Known: delayMs, status, reset, dripMs, malformed, times.');
    if (Number.isNaN(fault[name])) throw new Refusal(400, 'unknown-fault', `${name} is a number.`);
  }
  return fault;
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
