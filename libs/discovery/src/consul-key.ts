import { type Clock, systemClock } from 'guichet/kernel';
import { ConsulClient } from './consul-client.js';
import { describeConsulError, policyRule } from './consul-error.js';
import type { ConsulOptions } from './consul.options.js';
import { PACE, type WatchedAnswer, WatchLoop } from './watch-loop.js';

/** What a key of Consul's holds. */
export interface KeyValue {
  readonly bytes: Buffer;
  /** Consul's `ModifyIndex` of it. */
  readonly index: string;
}

/** How a key is followed. */
export interface ConsulKeyParts {
  readonly consul: ConsulOptions;
  /** `guichet/web/configuration` */
  readonly key: string;
  /** Told at once, and after every change, several of which may come as one: undefined where there is no such key. */
  readonly onValue: (value: KeyValue | undefined) => void;
  /** Consul could not be asked, in words that are safe to log; `onValue` is called again once it could. */
  readonly onFailure: (reason: string) => void;
  readonly clock?: Clock;
  /** Gives a number in [0, 1). */
  readonly random?: () => number;
}

/** Milliseconds that a query waits for a change. */
const WAIT_MS = 60_000;
/** One for the query that waits, one for what is written meanwhile. */
const MAX_CONNECTIONS = 2;

/** Follows one key of Consul's key-value store by blocking queries, and writes beside it. */
export class ConsulKey {
  private readonly client: ConsulClient;
  private readonly loop: WatchLoop<unknown>;
  private following: Promise<void> | undefined;

  /** @throws Error  if the certificate of the agent's authority cannot be read */
  constructor(private readonly parts: ConsulKeyParts) {
    const { consul, key, onFailure, clock = systemClock, random = Math.random } = parts;
    this.client = new ConsulClient(consul, MAX_CONNECTIONS);
    this.loop = new WatchLoop<unknown>({
      query: (index, cancellation) => this.client.value(key, index, WAIT_MS * (0.9 + 0.1 * random()), cancellation),
      answered: answer => this.accept(answer),
      failed: error => onFailure(describeConsulError(error, policyRule('key', key, 'read'))),
      pace: PACE,
      clock,
      random,
    });
  }

  /** Begins to follow it. */
  follow(): void {
    this.following ??= this.loop.start();
  }

  /**
   * Writes a key, of any name, as text.
   * @throws what Consul says, within two seconds: see `isRefused`
   */
  async write(key: string, text: string): Promise<void> {
    await this.client.setValue(key, text);
  }

  /** Takes a key away. @throws what Consul says, within two seconds */
  async remove(key: string): Promise<void> {
    await this.client.removeValue(key);
  }

  /** Ends the query under way, and closes the connections. */
  async close(): Promise<void> {
    this.loop.close();
    await this.following;
    this.client.close();
  }

  private accept({ body }: WatchedAnswer<unknown>): void {
    this.parts.onValue(body === undefined ? undefined : readEntry(body));
  }
}

/** @throws Error  where it is no answer of Consul's about one key */
function readEntry(body: unknown): KeyValue {
  const [entry] = (Array.isArray(body) ? body : []) as { readonly Value?: unknown; readonly ModifyIndex?: unknown }[];
  const { Value: value, ModifyIndex: index } = entry ?? {};
  if ((typeof value !== 'string' && value !== null) || typeof index !== 'number')
    throw new Error('the answer is no entry of the key-value store');
  return { bytes: Buffer.from(value ?? '', 'base64'), index: String(index) };
}
