import { Refusal } from './refusal.js';
import { Reply } from './route.js';

/** What a request suffers; together when several are given. */
export interface Fault {
  /** Milliseconds before anything else happens. */
  readonly delayMs?: number;
  /** The status to answer with, instead of an answer; by gRPC the status that means the same. */
  readonly status?: number;
  /** Resets the connection instead of answering. */
  readonly reset?: boolean;
  /** Sends the body one byte at a time, this many milliseconds apart. */
  readonly dripMs?: number;
  /** Sends half the JSON as if it were all; by gRPC bytes that are no message. */
  readonly malformed?: boolean;
  /** Only so many requests suffer, then none. */
  readonly times?: number;
}

/** A request as it arrived. */
export interface ArrivedRequest {
  readonly method: string;
  /** As it came on the wire. */
  readonly url: string;
  readonly headers: unknown;
  /** Parsed, where there was any; by gRPC the message. */
  readonly body?: unknown;
}

const KEPT_REQUESTS = 10_000;

/**
 * What tests set and look up over HTTP, whatever the service itself speaks:
 *
 * - For all requests: `PUT /_faults` with `{"delayMs":100}`, until `DELETE /_faults`.
 * - What arrived: `GET /_faults/requests` → `{ requests: [{ method, url, headers, body }] }`, the latest 10,000.
 * - What callers abandoned: `GET /_faults/aborted` → `{ aborted: 3 }`.
 *
 * `DELETE /_faults` also forgets what arrived and what was abandoned.
 */
export class FaultBook {
  private forAll: Fault = {};
  private struck = 0;
  private aborted = 0;
  private requests: ArrivedRequest[] = [];

  /** @returns the answer to one of the paths above, or undefined for any other */
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

  /** Notes a request that arrived. */
  note(request: ArrivedRequest): void {
    if (this.requests.length === KEPT_REQUESTS) this.requests.shift();
    this.requests.push(request);
  }

  /** Notes that a caller left before it had its answer. */
  abandoned(): void {
    this.aborted++;
  }

  /** @returns what the next request suffers: as its own header says, else as all do */
  next(header: unknown): Fault {
    if (typeof header === 'string') {
      return parseFault(header.split(';').map(part => part.trim().split('=', 2) as [string, string]));
    }
    return this.struck++ < (this.forAll.times ?? Infinity) ? this.forAll : {};
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
