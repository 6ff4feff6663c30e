import { loadPackage } from '../optional-package.js';

/** What gRPC needs, by npm's names. */
export const GRPC_PACKAGES = ['@grpc/grpc-js', '@grpc/proto-loader'] as const;

/** The packages that gRPC needs. */
export interface GrpcPackages {
  readonly grpc: typeof import('@grpc/grpc-js');
  readonly protoLoader: typeof import('@grpc/proto-loader');
}

/** Loads them. */
export function loadGrpc(): GrpcPackages {
  const [grpc, protoLoader] = GRPC_PACKAGES;
  return { grpc: loadPackage(grpc), protoLoader: loadPackage(protoLoader) };
}
