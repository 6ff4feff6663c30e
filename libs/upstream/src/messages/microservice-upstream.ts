import type { BootProblems } from 'guichet/kernel';
import { canLoad } from '../optional-package.js';
import type { Protocol } from '../protocol.js';
import type { UpstreamCall } from '../upstream-call.js';
import { type MessageCallOptions, MessageUpstream } from './message-upstream.js';
import { microserviceClientOf } from './microservice-client.js';
import { microserviceProtocol } from './microservice.protocol.js';

/** What handlers of `@nestjs/microservices` are found by: `'stock'`, `{ cmd: 'stock' }`. A literal; what varies belongs in `data`. */
export type MessagePattern = string | Readonly<Record<string, string | number>>;

/**
 * The base of a client of a service that is reached by a client of `@nestjs/microservices`: over RabbitMQ, Redis, … Its instances are the brokers.
 * ```ts
 * @Upstream('warehouse', { timeoutMs: 400 })
 * @MicroserviceClient({
 *   connect: ({ host, port }) => new ClientRMQ({ urls: [`amqp://${host}:${port}`], queue: 'warehouse' }),
 *   record: (data, headers) => new RmqRecordBuilder(data).setOptions({ headers }).build(),
 *   packages: ['amqplib', 'amqp-connection-manager'],
 * })
 * export class WarehouseClient extends MicroserviceUpstream {
 *   stock(sku: string) { return this.send('stock', { data: { sku }, schema: stockSchema, safe: true }); }
 * }
 * ```
 * An error that the service's handler threw is `upstream-status`, with its `statusCode` where it has one, else 500.
 */
export abstract class MicroserviceUpstream extends MessageUpstream {
  static get protocol(): Protocol {
    return microserviceProtocol(microserviceClientOf(this));
  }

  static prepare(problems: BootProblems): void {
    const declared = microserviceClientOf(this);
    if (declared !== undefined) {
      canLoad(this.name, ['@nestjs/microservices', ...(declared.packages ?? [])], problems);
      return;
    }
    problems.add({
      where: this.name,
      path: '@MicroserviceClient',
      message: 'does not say by which client it reaches its service',
      mend: 'decorate it with @MicroserviceClient({ connect: ({ host, port }) => new ClientRMQ({ … }) })',
    });
  }

  /** Sends a request; the first reply counts. */
  protected send<T = unknown>(pattern: MessagePattern, options: MessageCallOptions<T> = {}): UpstreamCall<T> {
    const text = typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
    if (microserviceClientOf(this.constructor)?.record === undefined) this.checkHeaderless(text, options);
    return this.message<T>(text, text, options);
  }

  /** What the caller says must be told, and cannot be, would be left out in silence. */
  private checkHeaderless(text: string, options: MessageCallOptions<unknown>): void {
    const { identity = options.public === true ? 'none' : this.runtime().config.identity } = options;
    const untold = [
      identity !== 'none' && `identity "${identity}"`,
      options.idempotencyKey !== undefined && 'an idempotency key',
      options.headers !== undefined && 'headers',
    ].filter(Boolean);
    if (untold.length === 0) return;
    throw new TypeError(
      `${text}: ${untold.join(', ')} cannot be sent by this client: give @MicroserviceClient a \`record\` that puts headers into its messages`,
    );
  }
}
