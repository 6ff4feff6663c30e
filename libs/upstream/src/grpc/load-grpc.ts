import { createRequire } from 'node:module';
import type { BootProblems } from 'guichet/kernel';

/** The packages that gRPC needs. */
export interface GrpcPackages {
  readonly grpc: typeof import('@grpc/grpc-js');
  readonly protoLoader: typeof import('@grpc/proto-loader');
}

/**
 * Loads gRPC's packages, which an app without gRPC upstreams need not have and never loads.
 * @param load  where packages come from
 * @throws Error  with code `MODULE_NOT_FOUND` where they are not installed
 */
export function loadGrpc(load: (name: string) => unknown = createRequire(import.meta.url)): GrpcPackages {
  return {
    grpc: load('@grpc/grpc-js') as GrpcPackages['grpc'],
    protoLoader: load('@grpc/proto-loader') as GrpcPackages['protoLoader'],
  };
}

/**
 * The same at boot.
 * @returns undefined where they cannot be loaded, which is noted
 */
export function loadGrpcFor(
  client: string,
  problems: BootProblems,
  load?: (name: string) => unknown,
): GrpcPackages | undefined {
  try {
    return loadGrpc(load);
  } catch (error) {
    problems.add({
      where: client,
      path: '@grpc/grpc-js',
      message: `a GrpcUpstream needs gRPC's packages, and they cannot be loaded (${(error as NodeJS.ErrnoException).code})`,
      mend: 'npm install @grpc/grpc-js @grpc/proto-loader',
    });
    return undefined;
  }
}
