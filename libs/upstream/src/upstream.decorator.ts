import { Injectable } from '@nestjs/common';
import type { HttpUpstream } from './http-upstream.js';
import type { UpstreamOptions } from './upstream-options.js';

const UPSTREAM = Symbol('guichet:upstream');

/** What `@Upstream` says of a client class. */
export interface UpstreamDeclaration {
  readonly name: string;
  readonly options: UpstreamOptions;
}

/** A class of upstream clients. */
// oxlint-disable-next-line typescript/no-explicit-any -- any constructor arguments: Nest injects them
export type UpstreamClass<C extends HttpUpstream = HttpUpstream> = new (...args: any[]) => C;

/**
 * Makes a class the client of an upstream, and injectable.
 * @param name     the service's name in discovery
 * @param options  where this upstream differs from the defaults; checked at boot
 */
export function Upstream(name: string, options: UpstreamOptions = {}): (target: UpstreamClass) => void {
  return target => {
    Injectable()(target);
    Reflect.defineMetadata(UPSTREAM, { name, options } satisfies UpstreamDeclaration, target);
  };
}

/** @returns what `@Upstream` says of a class or of the class it extends, or undefined without it */
export function declarationOf(target: object): UpstreamDeclaration | undefined {
  return Reflect.getMetadata(UPSTREAM, target) as UpstreamDeclaration | undefined;
}
