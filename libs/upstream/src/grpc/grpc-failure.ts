import type { StatusObject } from '@grpc/grpc-js';
import { type ErrorCode, UpstreamError } from 'guichet/kernel';
import type { Attempt } from '../attempt.js';
import { named } from '../upstream-request.js';
import { type GrpcStatusName, grpcStatusName, httpStatusOf } from './grpc-status.js';

/**
 * Says what a gRPC call that did not end with OK was. A status that the instance sent is an answer (`upstream-status`, with the
 * HTTP status that means the same). What grpc-js says of the connection is `upstream-refused` as long as the call was not sent,
 * and `upstream-reset` afterwards: the instance may have done the work.
 * @param isSent  whether the call had a connection
 */
export function grpcFailure(
  attempt: Attempt,
  { code, details, metadata }: StatusObject,
  isSent: boolean,
): UpstreamError {
  const { request } = attempt;
  const name = grpcStatusName(code);
  const isSaid = metadata.get('content-type').length > 0 || (attempt.isAnswered && name !== 'UNAVAILABLE');
  const error = (kind: ErrorCode, message: string, status?: number): UpstreamError =>
    new UpstreamError(kind, request.upstream, `${named(request)} ${message}`, {
      instance: attempt.endpoint?.address,
      status,
      retryAfterMs: pushback(metadata.get('grpc-retry-pushback-ms')[0]),
    });
  if (name === 'DEADLINE_EXCEEDED') {
    return attempt.allowedMs >= request.timeoutMs
      ? error('upstream-timeout', `took longer than ${request.timeoutMs} ms`)
      : error('deadline-exceeded', `was cut short by the deadline after ${Math.round(attempt.allowedMs)} ms`);
  }
  // By these words grpc-js tells that it stopped reading; what an instance says of its own limit comes with a content type or after the message.
  if (name === 'RESOURCE_EXHAUSTED' && attempt.isAnswered && details.startsWith('Received message ')) {
    return error('upstream-too-large', `answered with more than ${request.maxBytes} bytes`);
  }
  if (isSaid) {
    const status = httpStatusOf(name);
    attempt.status = status;
    return error('upstream-status', `answered ${name}`, status);
  }
  return error(connectionCode(name, isSent), `was lost: ${name}`);
}

function connectionCode(name: GrpcStatusName, isSent: boolean): ErrorCode {
  if (!isSent) return 'upstream-refused';
  switch (name) {
    case 'UNAVAILABLE':
    case 'CANCELLED':
    case 'INTERNAL':
      return 'upstream-reset';
    default:
      // No gRPC: no status came, or one of HTTP that says nothing.
      return 'upstream-malformed';
  }
}

function pushback(value: string | Buffer | undefined): number | undefined {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}
