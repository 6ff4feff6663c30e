import type { BootProblems } from 'guichet/kernel';
import { canLoad } from '../optional-package.js';
import type { LiteralPath } from '../path-params.js';
import type { Protocol } from '../protocol.js';
import type { UpstreamCall } from '../upstream-call.js';
import { NATS_PACKAGES } from './load-nats.js';
import { type MessageCallOptions, MessageUpstream } from './message-upstream.js';
import { checkNatsService, natsServiceOf } from './nats-service.js';
import { natsProtocol } from './nats.protocol.js';
import type { SubjectParams } from './subject-params.js';
import { fillSubject, subjectTemplate } from './subject-template.js';

/**
 * The base of a client of a service that answers requests over NATS, in JSON. Its instances are NATS servers.
 * ```ts
 * @Upstream('inventory', { timeoutMs: 200 })
 * @NatsService({ prefix: 'shop.inventory' })
 * export class InventoryClient extends NatsUpstream {
 *   stock(sku: string) { return this.request('stock.:sku', { params: { sku }, schema: stockSchema, safe: true }); }
 * }
 * ```
 * Calls are cold, and go through the same layers as those by HTTP. An error reply (`Nats-Service-Error-Code`) is `upstream-status`; a
 * request that nobody listens for is `upstream-refused`.
 */
export abstract class NatsUpstream extends MessageUpstream {
  static get protocol(): Protocol {
    return natsProtocol(natsServiceOf(this));
  }

  static prepare(problems: BootProblems): void {
    checkNatsService(this.name, natsServiceOf(this), problems);
    canLoad(this.name, NATS_PACKAGES, problems);
  }

  /** @param subject  a literal, `stock.:sku`; every parameter is one token */
  protected request<S extends string, T = unknown>(
    subject: S & LiteralPath<S>,
    options: SubjectParams<S> & MessageCallOptions<T>,
  ): UpstreamCall<T> {
    const { prefix } = natsServiceOf(this.constructor);
    const template = subjectTemplate(subject);
    const filled = fillSubject(template, (options as { params?: Readonly<Record<string, unknown>> }).params);
    return this.message<T>(template.text, prefix === undefined ? filled : `${prefix}.${filled}`, options);
  }
}
