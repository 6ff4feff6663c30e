import { fileURLToPath } from 'node:url';
import type { MethodDefinition, PackageDefinition, ServiceDefinition } from '@grpc/proto-loader';
import type { BootProblems } from 'guichet/kernel';
import type { GrpcMethod, GrpcMethods } from './grpc-method.js';
import type { GrpcServiceDeclaration } from './grpc-service.js';
import type { GrpcPackages } from './load-grpc.js';

/**
 * Reads the proto files of a client's service. Messages look as proto3's JSON has them, as far as plain values go: names in
 * lower camel case, 64-bit integers as strings, enumerations by name, what was not sent with its default.
 * @returns undefined where they cannot be read or have no such service, which is noted
 */
export function loadService(
  client: string,
  { name, files, includeDirs = [] }: GrpcServiceDeclaration,
  { protoLoader }: GrpcPackages,
  problems: BootProblems,
): GrpcMethods | undefined {
  const paths = [files].flat().map(pathOf);
  let found: PackageDefinition;
  try {
    found = protoLoader.loadSync(paths, {
      includeDirs: includeDirs.map(pathOf),
      longs: String,
      enums: String,
      defaults: true,
      arrays: true,
      objects: true,
      oneofs: true,
    });
  } catch (error) {
    problems.add({
      where: client,
      path: '@GrpcService files',
      message: `${paths.join(', ')} cannot be read: ${(error as Error).message}`,
      mend: 'name proto files that are there, also where the app is built, and are well-formed',
    });
    return undefined;
  }
  const service = found[name];
  if (service === undefined || !isService(service)) {
    const services = Object.keys(found).filter(other => isService(found[other]!));
    problems.add({
      where: client,
      path: '@GrpcService name',
      message: `${paths.join(', ')} declares no service ${name}`,
      mend: `use the full name of a declared one (${services.join(', ') || 'none'})`,
    });
    return undefined;
  }
  const methods = new Map<string, GrpcMethod>();
  for (const [methodName, definition] of Object.entries(service)) {
    const method = methodOf(definition);
    methods.set(methodName, method);
    if (definition.originalName !== undefined) methods.set(definition.originalName, method);
  }
  return methods;
}

function methodOf(definition: MethodDefinition<object, object>): GrpcMethod {
  const level: unknown = definition.options?.idempotency_level;
  return {
    fullName: definition.path.slice(1),
    path: definition.path,
    isRequestStream: definition.requestStream,
    isAnswerStream: definition.responseStream,
    isSafe: level === 'NO_SIDE_EFFECTS',
    isRepeatable: level === 'NO_SIDE_EFFECTS' || level === 'IDEMPOTENT',
    encode: message => Buffer.from(definition.requestSerialize(message)),
    decode: bytes => definition.responseDeserialize(bytes),
  };
}

function isService(found: PackageDefinition[string]): found is ServiceDefinition {
  // Messages and enumerations say in which format they describe themselves.
  return !('format' in found);
}

function pathOf(file: URL | string): string {
  return typeof file === 'string' ? file : fileURLToPath(file);
}
