import type { Schema } from 'guichet/kernel';
import type { IdentityChoice, RequestOptions } from '../call-options.js';
import { makeRequest } from '../make-request.js';
import { StackCall } from '../stack-call.js';
import type { UpstreamCall } from '../upstream-call.js';
import { UpstreamClient } from '../upstream-client.js';
import type { UpstreamRequest } from '../upstream-request.js';

/** What a request by message may say. */
export type MessageCallOptions<T> = IdentityChoice &
  RequestOptions & {
    /** What is asked, sent as JSON. */
    readonly data?: unknown;
    /** What the reply must look like; what is not in it does not come through. Without one it is any JSON, or nothing. */
    readonly schema?: Schema<T>;
    /** Sent as header `idempotency-key`: by it the service recognises a request that it has carried out already. */
    readonly idempotencyKey?: string;
    /** Whether the request changes nothing: it may be repeated, shared and hedged. */
    readonly safe?: boolean;
  };

/** All replies are read alike. */
const READER = {};

/**
 * What clients of services behind a broker have in common, by whatever broker: a request is a message, and so is its reply. The
 * instances of such an upstream are its brokers. A client extends one of the kinds: `NatsUpstream`, `MicroserviceUpstream`.
 */
export abstract class MessageUpstream extends UpstreamClient {
  /**
   * Makes a call of a request.
   * @param template  says which it is, without any value
   * @param target    where it is sent
   */
  protected message<T>(template: string, target: string, options: MessageCallOptions<T>): UpstreamCall<T> {
    const runtime = this.runtime();
    const { data, safe = false } = options;
    const request: UpstreamRequest = makeRequest(
      runtime,
      this.context(runtime),
      'REQUEST',
      template,
      target,
      data === undefined ? undefined : JSON.stringify(data),
      'application/json',
      safe,
      false,
      READER,
      options,
    );
    return new StackCall<T>(request, runtime.step);
  }
}
