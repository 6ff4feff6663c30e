import type { Protocol } from '../protocol.js';
import { HttpPool } from './http-pool.js';
import { HttpTransport } from './http.transport.js';
import { StreamTransport } from './stream.transport.js';
import { tlsMaterial } from './tls-material.js';

/** HTTP/1.1: what `HttpUpstream`, and whatever else is sent by HTTP, stands on. */
export const httpProtocol: Protocol = {
  name: 'http',
  open({ upstream, settings, clock, wheel, warn }) {
    const { config } = settings;
    const pools = {
      config,
      tls: tlsMaterial(upstream, config),
      clock,
      wheel,
      onDistrust: ({ id }: { readonly id: string }) =>
        warn(`instance ${id} sent what nobody asked for: for ten minutes each call to it has a connection of its own`),
    };
    return {
      transport: new HttpTransport(settings, clock, wheel),
      streams: new StreamTransport(clock, wheel),
      connect: instance => new HttpPool(instance, pools),
    };
  },
};
