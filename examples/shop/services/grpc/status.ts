import { type ServiceError, status } from '@grpc/grpc-js';
import { Refusal } from '../http/refusal.js';

/** gRPC's status, by the HTTP status that means the same. */
const CODES: Readonly<Record<number, status>> = {
  400: status.INVALID_ARGUMENT,
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  404: status.NOT_FOUND,
  409: status.ABORTED,
  429: status.RESOURCE_EXHAUSTED,
  501: status.UNIMPLEMENTED,
  503: status.UNAVAILABLE,
  504: status.DEADLINE_EXCEEDED,
};

/** @returns the status with which a call fails; what is no {@link Refusal} is logged as a bug, and not told */
export function statusOf(error: unknown): Pick<ServiceError, 'code' | 'details'> {
  if (error instanceof Refusal) return { code: CODES[error.status] ?? status.INTERNAL, details: error.message };
  console.error(error);
  return { code: status.INTERNAL, details: 'The service has a bug.' };
}
