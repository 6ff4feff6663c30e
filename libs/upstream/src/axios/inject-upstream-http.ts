import { Inject } from '@nestjs/common';

/** @returns the injection token of an upstream's `HttpService` */
export function upstreamHttpToken(upstream: string): string {
  return `guichet:upstream-http:${upstream}`;
}

/** Injects the `HttpService` of an upstream: `@InjectUpstreamHttp('catalog') private readonly http: UpstreamHttpService`. */
export function InjectUpstreamHttp(upstream: string): PropertyDecorator & ParameterDecorator {
  return Inject(upstreamHttpToken(upstream));
}
