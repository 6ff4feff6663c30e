import { formatHostPort } from './address.js';
import type { ServiceDefinition } from './consul-client.js';
import { grpcSelfCheck } from './grpc-self-check.js';
import type { RegisterOptions } from './register-options.js';
import { selfCheck } from './self-check.js';

/**
 * @param host  where others find this process
 * @returns what Consul is told of it
 */
export function ownEntry(options: RegisterOptions, id: string, host: string): ServiceDefinition {
  const { name, port, tags = [], meta = {}, weight = 1 } = options;
  const checked = checkedAt(options, host);
  return {
    ID: id,
    Name: name,
    Address: host,
    Port: port,
    Tags: tags,
    Meta: meta,
    Weights: { Passing: weight, Warning: 1 },
    Check: {
      ...(options.check === 'grpc' ? { GRPC: checked } : { HTTP: checked }),
      Interval: '1s',
      Timeout: '3s',
      // Consul starts an entry as critical and looks after an interval; this process has looked already.
      Status: 'passing',
      // The least that Consul takes.
      DeregisterCriticalServiceAfter: '1m',
    },
  };
}

/** Asks this process as Consul will. Rejects when it is not well. */
export function checkOwnHealth(options: RegisterOptions, host: string): Promise<void> {
  const checked = checkedAt(options, host);
  return options.check === 'grpc' ? grpcSelfCheck(checked) : selfCheck(checked);
}

/** What Consul asks: a URL, or the address of a server that has `grpc.health.v1`. */
function checkedAt({ check, port, checkPath = '/health/live' }: RegisterOptions, host: string): string {
  const address = formatHostPort(host, port);
  return check === 'grpc' ? address : `http://${address}${checkPath}`;
}
