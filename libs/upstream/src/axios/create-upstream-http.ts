import {
  AxiosHeaders,
  type AxiosInstance,
  type AxiosResponse,
  CanceledError,
  create,
  type InternalAxiosRequestConfig,
} from 'axios';
import { currentContext, UpstreamError } from 'guichet/kernel';
import { Attempt } from '../attempt.js';
import { requireContext } from '../call-context.js';
import type { UpstreamRuntime } from '../upstream-runtime.js';
import { type AxiosAnswer, AnsweredError } from './axios-answer.js';
import { axiosRequest } from './axios-request.js';
import { BoundContext, CONTEXT_OPTION } from './bound-context.js';
import { UpstreamHttpError } from './upstream-http-error.js';
import { UpstreamHttpService } from './upstream-http.service.js';

/** Makes the `HttpService` of an upstream: axios with an adapter that enters the upstream's stack. */
export function createUpstreamHttp(runtime: UpstreamRuntime): UpstreamHttpService {
  const instance = create({ adapter: config => exchange(runtime, instance, config) });
  // Read by axios when a request is made, before its first promise: what `axiosRef` calls take their context from.
  Object.defineProperty(instance.defaults, CONTEXT_OPTION, {
    enumerable: true,
    get: () => {
      const context = currentContext();
      return context && new BoundContext(context);
    },
  });
  // A copy would hold the context of the request in which it was made, for everybody.
  instance.create = () => {
    throw new Error(
      `axios.create is not possible on the HttpService of "${runtime.name}": add interceptors to axiosRef itself`,
    );
  };
  return new UpstreamHttpService(instance, runtime.name);
}

function exchange(
  runtime: UpstreamRuntime,
  instance: AxiosInstance,
  config: InternalAxiosRequestConfig,
): Promise<AxiosResponse> {
  return new Promise((resolve, reject) => {
    const bound = (config as unknown as Record<string, unknown>)[CONTEXT_OPTION] as BoundContext | undefined;
    const context = requireContext(bound?.context, runtime.name);
    const request = axiosRequest(runtime, config, instance.getUri(config), context);
    const settled = (): void => {
      config.cancelToken?.unsubscribe(onCancel);
      config.signal?.removeEventListener?.('abort', onCancel);
    };
    const handle = runtime.step.start(new Attempt(request), {
      succeed: value => {
        settled();
        settle(response(value as AxiosAnswer, config), undefined);
      },
      fail: error => {
        settled();
        if (error instanceof AnsweredError) settle(response(error.answer, config), error);
        else reject(error instanceof UpstreamError ? new UpstreamHttpError(error, config, undefined) : error);
      },
    });
    function settle(answer: AxiosResponse, error: UpstreamError | undefined): void {
      const { validateStatus } = config;
      if (!validateStatus || validateStatus(answer.status)) resolve(answer);
      else reject(new UpstreamHttpError(error ?? unwanted(runtime, answer), config, answer));
    }
    function onCancel(): void {
      settled();
      handle.cancel();
      reject(new CanceledError(undefined, undefined, config));
    }
    config.cancelToken?.subscribe(onCancel);
    if (config.signal?.aborted) onCancel();
    else config.signal?.addEventListener?.('abort', onCancel);
  });
}

function unwanted(runtime: UpstreamRuntime, { status }: AxiosResponse): UpstreamError {
  return new UpstreamError('upstream-status', runtime.name, `answered ${status}, which validateStatus refuses`, {
    status,
  });
}

function response({ status, headers, data }: AxiosAnswer, config: InternalAxiosRequestConfig): AxiosResponse {
  const handed = new AxiosHeaders();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) handed.set(name, value);
  }
  return { data, status, statusText: '', headers: handed, config, request: undefined };
}
