import type { Metadata } from '@grpc/grpc-js';
import { InvalidInput } from 'guichet/kernel';
import type { Attempt } from '../attempt.js';
import { pushContextHeaders } from '../transports/context-headers.js';
import type { GrpcPackages } from './load-grpc.js';

/** @returns what an attempt sends beside its message */
export function outgoingMetadata(attempt: Attempt, { grpc }: GrpcPackages): Metadata {
  const list: string[] = [];
  pushContextHeaders(list, attempt);
  const metadata = new grpc.Metadata();
  for (let i = 0; i < list.length; i += 2) metadata.add(list[i]!, list[i + 1]!);
  return metadata;
}

/**
 * Checks what a call declares beyond what holds for headers: gRPC has names of its own, and values in ASCII alone.
 * @param headers  names and values, alternating
 * @throws TypeError     for such a name, a mistake in the client's code
 * @throws InvalidInput  for such a value
 */
export function checkMetadata(headers: readonly string[], idempotencyKey: string | undefined): void {
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    if (name.startsWith('grpc-') || name.endsWith('-bin')) {
      throw new TypeError(`metadata "${name}" is gRPC's own (grpc-*), or of bytes (*-bin): a call cannot set it`);
    }
    checkValue(name, headers[i + 1]!);
  }
  if (idempotencyKey !== undefined) checkValue('idempotency-key', idempotencyKey);
}

function checkValue(name: string, value: string): void {
  if (/^[\x20-\x7e]*$/.test(value)) return;
  throw new InvalidInput([{ in: 'headers', path: name, message: 'holds characters that no metadata may hold' }]);
}
