import { Injectable } from '@nestjs/common';
import type { BootProblems } from 'guichet/kernel';
import type { Protocol } from './protocol.js';
import type { UpstreamClient } from './upstream-client.js';
import type { UpstreamOptions } from './upstream-options.js';

const UPSTREAM = Symbol('guichet:upstream');

/** What `@Upstream` says of a client class. */
export interface UpstreamDeclaration {
  readonly name: string;
  readonly options: UpstreamOptions;
}

/** A class of upstream clients. */
export interface UpstreamClass<C extends UpstreamClient = UpstreamClient> {
  // oxlint-disable-next-line typescript/no-explicit-any -- any constructor arguments: Nest injects them
  new (...args: any[]): C;
  /** What its upstream speaks: the base class says so. */
  readonly protocol: Protocol;
  /** Called at boot: makes ready what the class declares beside `@Upstream`, and notes what is wrong with it. */
  prepare?(problems: BootProblems): void;
}

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
