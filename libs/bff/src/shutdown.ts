import type { Server } from 'node:http';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SelfRegistration } from 'guichet/discovery';
import { Lifecycle } from 'guichet/health';
import { optional } from './optional.js';

/** Milliseconds between two looks for connections that have become idle. */
const IDLE_SWEEP_MS = 50;

/** Ends an app in order. The phases stand here one after the other; each is bounded. */
export class Shutdown {
  private readonly log = new Logger('Shutdown');
  private readonly server: Server;
  private ending: Promise<void> | undefined;

  /** @param timeoutMs  milliseconds that requests under way get */
  constructor(
    private readonly app: NestFastifyApplication,
    private readonly timeoutMs: number,
  ) {
    this.server = app.getHttpServer() as Server;
  }

  /** Ends the app; once it is ending, a second call hurries it. */
  end(): Promise<void> {
    if (this.ending) this.server.closeAllConnections();
    return (this.ending ??= this.run());
  }

  private async run(): Promise<void> {
    this.log.log('draining: no new traffic, please');
    this.app.get(Lifecycle, { strict: false }).beginDraining();
    // First thing, so that nobody is sent here any more.
    await optional(this.app, SelfRegistration)?.stop();

    this.log.log('closing: requests under way finish');
    // Node closes what is idle when the server closes, not what becomes idle later.
    const sweep = setInterval(() => this.server.closeIdleConnections(), IDLE_SWEEP_MS);
    const patience = setTimeout(() => {
      this.log.warn(`cutting off what is still under way after ${this.timeoutMs} ms`);
      this.server.closeAllConnections();
    }, this.timeoutMs);
    try {
      // The server first, then pools, watches and the management port: their hook is onApplicationShutdown.
      await this.app.close();
    } finally {
      clearInterval(sweep);
      clearTimeout(patience);
    }
    this.log.log('ended');
  }
}
