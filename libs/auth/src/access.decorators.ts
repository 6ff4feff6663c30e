import { SetMetadata, type Type } from '@nestjs/common';
import { HANDLER_METADATA } from 'guichet/kernel';

const { public: PUBLIC, scopes: SCOPES, roles: ROLES } = HANDLER_METADATA;

/**
 * Lets anonymous requests in. One that brings credentials is still told who it is, and refused where they are bad.
 */
export const Public = (): ClassDecorator & MethodDecorator => SetMetadata(PUBLIC, true);

/** Lets in only whose token holds all of these scopes (RFC 6749's `scope`, or `scp`); else 403. */
export const Scopes = (...scopes: readonly string[]): ClassDecorator & MethodDecorator => SetMetadata(SCOPES, scopes);

/** Lets in only who has at least one of these roles; else 403. */
export const Roles = (...roles: readonly string[]): ClassDecorator & MethodDecorator => SetMetadata(ROLES, roles);

/** What the decorators of a handler ask for, the handler's own before its controller's. */
export interface AccessRule {
  readonly isPublic: boolean;
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
}

/** Reads what decorators ask for. Costs reflection: ask once a handler. */
export function accessRuleOf(controller: Type, handler: Function): AccessRule {
  const read = (key: string): unknown => Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, controller);
  return {
    isPublic: read(PUBLIC) === true,
    scopes: (read(SCOPES) as string[] | undefined) ?? [],
    roles: (read(ROLES) as string[] | undefined) ?? [],
  };
}
