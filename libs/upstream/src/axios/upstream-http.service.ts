import { HttpService } from '@nestjs/axios';
import type { AxiosInstance, AxiosPromise, AxiosResponse } from 'axios';
import type { CallContext } from 'guichet/kernel';
import type { Observable } from 'rxjs';
import { requireContext } from '../call-context.js';
import { BoundContext, CONTEXT_OPTION } from './bound-context.js';

/**
 * An `HttpService` of `@nestjs/axios` whose requests go through an upstream's stack to its instances. As with the
 * clients' own calls, the context is taken when a method is called, not when its Observable is subscribed to.
 */
export class UpstreamHttpService extends HttpService {
  constructor(
    instance: AxiosInstance,
    private readonly upstream: string,
    private readonly context: CallContext | undefined = undefined,
  ) {
    super(instance);
  }

  /** The same service, interceptors included, with every request bound to a context. */
  in(context: CallContext): UpstreamHttpService {
    return new UpstreamHttpService(this.instance, this.upstream, context);
  }

  protected override makeObservable<T>(
    // oxlint-disable-next-line typescript/no-explicit-any -- HttpService's own signature
    axios: (...args: any[]) => AxiosPromise<T>,
    ...args: unknown[]
  ): Observable<AxiosResponse<T>> {
    const context = new BoundContext(requireContext(this.context, this.upstream));
    const config = { ...(args.at(-1) as object | undefined), [CONTEXT_OPTION]: context };
    return super.makeObservable(axios, ...args.slice(0, -1), config);
  }
}
