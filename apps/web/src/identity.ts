import { AuthModule, SessionModule } from 'guichet/auth';

/** Who comes in: machines with access tokens, browsers with sessions. */
export const identity = [
  AuthModule.forRoot(),
  // The access token that a login brings is for the same audience as the machines' ones.
  SessionModule.forRoot({ scopes: ['openid', 'profile', 'offline_access'] }),
];
