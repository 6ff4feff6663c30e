import { type ExecutionContext, SetMetadata } from '@nestjs/common';

const SKIP = 'guichet:skip-identity';

/** Marks handlers that find out by themselves who asks: the session's own doors. `IdentityGuard` lets everybody pass there. */
export const SkipIdentity = (): ClassDecorator & MethodDecorator => SetMetadata(SKIP, true);

/** Whether a handler is marked so. */
export function skipsIdentity(context: ExecutionContext): boolean {
  const read = (target: object): unknown => Reflect.getMetadata(SKIP, target);
  return (read(context.getHandler()) ?? read(context.getClass())) === true;
}
