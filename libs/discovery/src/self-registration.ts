import { Inject, Injectable } from '@nestjs/common';
import { DISCOVERY_OPTIONS, type DiscoveryOptions } from './discovery.options.js';
import { nestLog } from './nest-log.js';
import { Registration } from './registration.js';

/** Registers the BFF itself. With `DISCOVERY=static` there is nobody to register with, and it does nothing. */
@Injectable()
export class SelfRegistration {
  private registration: Registration | undefined;

  constructor(@Inject(DISCOVERY_OPTIONS) private readonly options: DiscoveryOptions) {}

  /**
   * Registers; to be called once the server listens. Resolves once the first attempt is over, successful or not.
   * @param self  its service name and where it listens
   */
  async start(self: { readonly name: string; readonly host: string; readonly port: number }): Promise<void> {
    if (this.options.source !== 'consul') return;
    const { advertiseHost, id, tags, meta, weight } = this.options.registration;
    this.registration ??= new Registration({
      ...self,
      ...(advertiseHost !== undefined && { host: advertiseHost }),
      ...(id !== undefined && { id }),
      tags,
      meta,
      weight,
      consul: this.options.consul,
      log: nestLog('Registration'),
    });
    await this.registration.start();
  }

  /** Asks Consul's clients to call it no more; to be called first thing at shutdown. Takes a second at most. */
  async withdraw(): Promise<void> {
    await this.registration?.withdraw();
  }

  /** Deregisters. Takes a second at most. */
  async stop(): Promise<void> {
    await this.registration?.deregister();
  }
}
