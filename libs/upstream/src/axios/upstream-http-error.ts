import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import { UpstreamError } from 'guichet/kernel';

/**
 * How a request through an upstream's `HttpService` fails: an `UpstreamError`, so that a page knows it for one, that
 * axios code recognises too (`isAxiosError(error)`, `error.response`). Its `code` is the framework's, not axios'.
 */
export class UpstreamHttpError extends UpstreamError {
  readonly isAxiosError = true;

  constructor(
    error: UpstreamError,
    readonly config: InternalAxiosRequestConfig,
    readonly response: AxiosResponse | undefined,
  ) {
    super(error.code, error.upstream, error.message.slice(error.upstream.length + 2), error);
  }

  /** For logs: no headers, which may hold secrets, and no body. */
  toJSON(): object {
    const { name, code, message, upstream, instance, status } = this;
    return { name, code, message, upstream, instance, status };
  }
}
