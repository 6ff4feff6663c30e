import type { Protocol } from '../protocol.js';
import { tlsMaterial } from '../transports/tls-material.js';
import { loadNats, type NatsPackage } from './load-nats.js';
import { MessageTransport } from './message.transport.js';
import { NatsLink } from './nats-link.js';
import type { NatsServiceOptions } from './nats-service.js';

const known: { readonly service: NatsServiceOptions; readonly protocol: Protocol }[] = [];

/**
 * NATS by its own client: what `NatsUpstream` stands on. The package is loaded when the first broker is connected to.
 * @returns the same for services that are connected to alike: several clients of one upstream share what there is
 */
export function natsProtocol(service: NatsServiceOptions): Protocol {
  const same = known.find(
    ({ service: other }) => other.credentials === service.credentials && other.inboxPrefix === service.inboxPrefix,
  );
  if (same !== undefined) return same.protocol;
  const protocol = made(service);
  known.push({ service, protocol });
  return protocol;
}

function made(service: NatsServiceOptions): Protocol {
  return {
    name: 'nats',
    open({ upstream, settings, clock, warn }) {
      const { config } = settings;
      const tls = tlsMaterial(upstream, config);
      let loaded: NatsPackage | undefined;
      const packages = (): NatsPackage => (loaded ??= loadNats());
      return {
        transport: new MessageTransport(),
        connect(instance) {
          const { scheme = instance.meta['scheme'], connectTimeoutMs, maxConnections } = config;
          const isSecure = scheme === 'https';
          const maxPending = maxConnections * 2;
          const parts = { clock, random: Math.random, connectTimeoutMs, maxPending, warn };
          return new NatsLink(instance, { ...parts, service, tls, isSecure, packages }).open();
        },
      };
    },
  };
}
