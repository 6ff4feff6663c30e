import type { Instance } from 'guichet/discovery';
import { addressOf } from '../endpoint.js';
import { loadPackage } from '../optional-package.js';
import { pushContextHeaders } from '../transports/context-headers.js';
import { BrokerLink } from './broker-link.js';
import type { BrokerLinkParts } from './broker-link-parts.js';
import type { MessageExchange } from './message-exchange.js';
import type { MicroserviceClientOptions, MicroserviceProxy } from './microservice-client.js';
import { errorReply, valueReply } from './microservice-reply.js';

/** What clients say of themselves when they have no connection: `RmqStatus`, `RedisStatus`, … */
const DOWN: ReadonlySet<string> = new Set(['disconnected', 'reconnecting', 'closed', 'crashed', 'stopped']);
const NO_DATA = {};

/** What the links to an upstream's brokers share. */
export interface MicroserviceLinkParts extends Omit<BrokerLinkParts, 'address'> {
  readonly client: MicroserviceClientOptions;
}

/** The connection to one broker by a client of `@nestjs/microservices`, which correlates requests and replies in its own way. */
export class MicroserviceLink extends BrokerLink<MicroserviceProxy> {
  constructor(
    private readonly instance: Instance,
    private readonly own: MicroserviceLinkParts,
  ) {
    super({ ...own, address: addressOf(instance) });
  }

  protected override async dial(signal: AbortSignal): Promise<MicroserviceProxy> {
    const { client: declared } = this.own;
    // Nest's clients end the process where a package of theirs is missing.
    for (const name of declared.packages ?? []) loadPackage(name);
    const proxy = await declared.connect(this.instance);
    const giveUp = (): void => void this.hangUp(proxy).catch(() => {});
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp);
    try {
      await proxy.connect();
    } catch (error) {
      giveUp();
      throw error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
    proxy.status.subscribe({ next: status => DOWN.has(status) && this.lost(proxy), error: () => this.lost(proxy) });
    return proxy;
  }

  protected override send(proxy: MicroserviceProxy, exchange: MessageExchange): () => void {
    const { target, body, maxBytes } = exchange.attempt.request;
    const data: unknown = body === undefined ? NO_DATA : JSON.parse(body as string);
    const { record } = this.own.client;
    const sent = record === undefined ? data : record(data, this.headers(exchange));
    const replies = proxy.send<unknown>(patternOf(target), sent).subscribe({
      next: value => exchange.replied(valueReply(value, maxBytes)),
      error: (error: unknown) => this.failed(exchange, error),
      // A handler that gives nothing.
      complete: () => exchange.replied(valueReply(undefined, maxBytes)),
    });
    return () => replies.unsubscribe();
  }

  protected override async hangUp(proxy: MicroserviceProxy): Promise<void> {
    await proxy.close();
  }

  private failed(exchange: MessageExchange, error: unknown): void {
    // What came over the wire was parsed from it: it is never one of this process' own errors.
    if (!(error instanceof Error)) exchange.replied(errorReply(error, exchange.attempt.request.maxBytes));
    else if (error.constructor.name === 'EmptyResponseException') {
      exchange.fail('upstream-refused', 'found nobody who listens');
    } else exchange.lost();
  }

  private headers({ attempt }: MessageExchange): Readonly<Record<string, string>> {
    const list: string[] = [];
    pushContextHeaders(list, attempt);
    const headers: Record<string, string> = {};
    for (let i = 0; i < list.length; i += 2) headers[list[i]!] = list[i + 1]!;
    return headers;
  }
}

/** @returns a pattern as it was written: a text, or an object */
function patternOf(target: string): unknown {
  return target.startsWith('{') ? JSON.parse(target) : target;
}
