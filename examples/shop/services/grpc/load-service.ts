import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/**
 * @param name  with its package
 * @returns how grpc-js has a service of a proto file
 */
export function loadService(proto: URL, name: string): ServiceDefinition {
  const found = loadSync(fileURLToPath(proto), { enums: String, longs: String, defaults: true })[name];
  if (found === undefined) throw new TypeError(`${proto.pathname} declares no ${name}`);
  return found as ServiceDefinition;
}
