import type { Provider, Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AppVersionGuard, IdentityGuard } from 'guichet/auth';
import { AddressThrottlerGuard, PrincipalThrottlerGuard } from 'guichet/throttling';

/** What every request passes before its page, in this order. */
const inOrder: readonly Type[] = [
  AddressThrottlerGuard, // 429 by address, before anybody is asked who they are
  AppVersionGuard, // 426: the app is too old
  IdentityGuard, // 401, 403
  PrincipalThrottlerGuard, // 429 by principal
];

export const guards: Provider[] = inOrder.map(useClass => ({ provide: APP_GUARD, useClass }));
