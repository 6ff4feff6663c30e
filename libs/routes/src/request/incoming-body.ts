import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { SilenceTimer } from 'guichet/upstream';
import type { ServedRoute } from '../served-route.js';
import { sayContinue } from './expectation.js';
import { type BodyWatcher, RequestBody } from './request-body.js';
import { readRest } from './unread-rest.js';

/** Who hears why a request's body does not go on. */
export interface IncomingBodyWatcher {
  /** It has more bytes than it may. */
  bodyTooLong(): void;
  /** Whoever was awaited has done nothing for too long: the client sent nothing, or the upstream took nothing. */
  bodyStalled(awaited: 'client' | 'upstream'): void;
}

/** A request's body under the limits of its route: how long it may be, and how long either side may be silent. */
export class IncomingBody implements BodyWatcher {
  private readonly body: RequestBody;
  private silence: SilenceTimer | undefined = undefined;
  private awaited: 'client' | 'upstream' = 'client';

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly route: ServedRoute,
    private readonly watcher: IncomingBodyWatcher,
  ) {
    this.body = new RequestBody(request, route.declared.config.limits.maxRequestBytes, this);
  }

  /** What undici reads. */
  get stream(): Readable {
    return this.body.stream;
  }

  /** Bytes handed on. */
  get bytes(): number {
    return this.body.bytes;
  }

  /** Hands on no more. */
  destroy(): void {
    this.body.destroy();
  }

  /** The exchange is over: what the client still sends is read away. */
  end(): void {
    this.silence?.end();
    this.body.destroy();
    readRest(this.request, this.response, this.route.wheel);
  }

  begun(): void {
    sayContinue(this.request, this.response);
    const { declared, wheel } = this.route;
    const { idleTimeoutMs } = declared.config.limits;
    this.silence = new SilenceTimer(wheel, idleTimeoutMs, () => this.watcher.bodyStalled(this.awaited));
  }

  awaits(whom: 'client' | 'upstream'): void {
    this.awaited = whom;
    this.silence?.restart();
  }

  tooLong(): void {
    this.watcher.bodyTooLong();
  }

  over(): void {
    this.silence?.end();
  }
}
