import type { Protocol } from '../protocol.js';
import { MessageTransport } from './message.transport.js';
import type { MicroserviceClientOptions } from './microservice-client.js';
import { MicroserviceLink } from './microservice-link.js';

const known = new WeakMap<MicroserviceClientOptions, Protocol>();

/** What a class without `@MicroserviceClient` speaks: the boot ends with that problem. */
const undeclared: Protocol = {
  name: 'microservice',
  open: () => ({
    transport: new MessageTransport(),
    connect() {
      throw new TypeError('no client is declared');
    },
  }),
};

/** A client of `@nestjs/microservices`: what `MicroserviceUpstream` stands on. The same for classes with the same declaration. */
export function microserviceProtocol(client: MicroserviceClientOptions | undefined): Protocol {
  if (client === undefined) return undeclared;
  let protocol = known.get(client);
  if (protocol === undefined) known.set(client, (protocol = made(client)));
  return protocol;
}

function made(client: MicroserviceClientOptions): Protocol {
  return {
    name: 'microservice',
    open({ settings, clock, warn }) {
      return {
        transport: new MessageTransport(),
        connect(instance) {
          const { connectTimeoutMs, maxConnections } = settings.config;
          const maxPending = maxConnections * 2;
          const parts = { clock, random: Math.random, connectTimeoutMs, maxPending, warn, client };
          return new MicroserviceLink(instance, parts).open();
        },
      };
    },
  };
}
