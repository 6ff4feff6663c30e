import type { ClientProxy } from '@nestjs/microservices';
import type { Instance } from 'guichet/discovery';

const CLIENT = Symbol('guichet:microservice-client');

/** What a link needs of a client of `@nestjs/microservices`. */
export type MicroserviceProxy = Pick<ClientProxy, 'connect' | 'close' | 'send' | 'status'>;

/** What `@MicroserviceClient` says of a client class. */
export interface MicroserviceClientOptions {
  /**
   * Makes a client of `@nestjs/microservices` for one broker: `({ host, port }) => new ClientRMQ({ urls: [`amqp://${host}:${port}`], queue })`.
   * A new one is asked for whenever a connection was lost: what the client itself does to connect again is not waited for.
   */
  readonly connect: (broker: Instance) => MicroserviceProxy | Promise<MicroserviceProxy>;
  /**
   * Makes what is sent of the data and the headers that go along, where the client has a way for these:
   * `(data, headers) => new RmqRecordBuilder(data).setOptions({ headers }).build()`. Without it no headers are sent, and so neither
   * context nor identity.
   */
  readonly record?: (data: unknown, headers: Readonly<Record<string, string>>) => unknown;
  /** Packages that `connect` needs, so that the boot says which are missing: `['amqplib', 'amqp-connection-manager']`. */
  readonly packages?: readonly string[];
}

/** Says how a `MicroserviceUpstream` reaches its service. */
export function MicroserviceClient(options: MicroserviceClientOptions): (target: object) => void {
  return target => Reflect.defineMetadata(CLIENT, options, target);
}

/** @returns what `@MicroserviceClient` says of a class or of the class it extends, or undefined without it */
export function microserviceClientOf(target: object): MicroserviceClientOptions | undefined {
  return Reflect.getMetadata(CLIENT, target) as MicroserviceClientOptions | undefined;
}
