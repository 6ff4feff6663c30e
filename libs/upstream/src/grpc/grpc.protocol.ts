import type { Protocol } from '../protocol.js';
import { tlsMaterial } from '../transports/tls-material.js';
import { GrpcChannel } from './grpc-channel.js';
import { GrpcTransport } from './grpc.transport.js';
import { type GrpcPackages, loadGrpc } from './load-grpc.js';

/** gRPC by grpc-js: what `GrpcUpstream` stands on. The packages are loaded when the first such upstream is opened. */
export const grpcProtocol: Protocol = {
  name: 'grpc',
  open({ upstream, settings, clock }) {
    const { config } = settings;
    const tls = tlsMaterial(upstream, config);
    let packages: GrpcPackages | undefined;
    const loaded = (): GrpcPackages => (packages ??= loadGrpc());
    return {
      transport: new GrpcTransport(loaded, clock),
      connect: instance => new GrpcChannel(instance, { config, tls, packages: loaded(), clock }),
    };
  },
};
