const SERVICE = Symbol('guichet:grpc-service');

/** Where a client's service is described. */
export interface GrpcServiceFiles {
  /** The proto files that declare it: URLs by the client's own `import.meta.url`, or paths. */
  readonly files: URL | string | readonly (URL | string)[];
  /** Folders in which files are found that these import; the imported ones of Google are known. */
  readonly includeDirs?: readonly (URL | string)[];
}

/** What `@GrpcService` says of a client class. */
export interface GrpcServiceDeclaration extends GrpcServiceFiles {
  /** With its package: `shop.pricing.v1.Pricing`. */
  readonly name: string;
}

/**
 * Says which gRPC service a client class calls. Its files are read at boot.
 * @param name  with its package: `shop.pricing.v1.Pricing`
 */
export function GrpcService(name: string, files: GrpcServiceFiles): (target: object) => void {
  return target => Reflect.defineMetadata(SERVICE, { ...files, name } satisfies GrpcServiceDeclaration, target);
}

/** @returns what `@GrpcService` says of a class or of the class it extends, or undefined without it */
export function grpcServiceOf(target: object): GrpcServiceDeclaration | undefined {
  return Reflect.getMetadata(SERVICE, target) as GrpcServiceDeclaration | undefined;
}
