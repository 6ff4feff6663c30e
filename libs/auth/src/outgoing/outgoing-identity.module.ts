import { type DynamicModule, Module } from '@nestjs/common';
import { BootError, type BootProblem, BootProblems, Clock, readOptions, systemClock } from 'guichet/kernel';
import { UpstreamIdentity } from 'guichet/upstream';
import type { z } from 'zod';
import { JwksController } from './jwks.controller.js';
import { OutgoingIdentity } from './outgoing-identity.js';
import { OUTGOING_OPTIONS, type OutgoingOptions, outgoingOptions } from './outgoing.options.js';
import { readSigningKeys, type SigningKey } from './signing-keys.js';

type Input = z.input<typeof outgoingOptions>;

/** Options as an app writes them; the environment's variables go before them. */
export type OutgoingIdentityOptions = Omit<Input, 'service'> & { readonly service?: Partial<Input['service']> };

const ORIGINS = {
  issuer: 'SIGNING_ISSUER',
  signingKey: 'SIGNING_KEY',
  'service.issuer': 'AUTH_ISSUER',
  'service.clientId': 'SERVICE_CLIENT_ID',
  'service.clientSecret': 'SERVICE_CLIENT_SECRET',
} as const;

/** Lets upstreams be called with identity `service` and `signed`, and publishes the keys at `/.well-known/jwks.json`. */
@Module({})
export class OutgoingIdentityModule {
  /**
   * @param options  `SIGNING_KEY`, `SIGNING_ISSUER`, `SERVICE_CLIENT_ID` and `SERVICE_CLIENT_SECRET` of the environment go before
   *   them; `PUBLIC_ORIGIN`, `AUTH_ISSUER`, `OIDC_CLIENT_ID`, `OIDC_CLIENT_SECRET` and `NODE_ENV` fill in what they leave out
   */
  static forRoot(options: OutgoingIdentityOptions = {}): DynamicModule {
    return {
      module: OutgoingIdentityModule,
      global: true,
      controllers: [JwksController],
      providers: [
        {
          provide: OUTGOING_OPTIONS,
          inject: [{ token: BootProblems, optional: true }],
          useFactory: (problems?: BootProblems) =>
            readOptions('outgoing identity', outgoingOptions, merged(options, process.env), problems, ORIGINS),
        },
        {
          provide: UpstreamIdentity,
          inject: [OUTGOING_OPTIONS, { token: BootProblems, optional: true }, { token: Clock, optional: true }],
          useFactory: (settings: OutgoingOptions, problems?: BootProblems, clock: Clock = systemClock) =>
            new OutgoingIdentity(settings, keysOf(settings, problems), clock),
        },
      ],
      exports: [UpstreamIdentity],
    };
  }
}

/** Variables of its own go before the code's options; those that other rooms share fill in what is left out. */
function merged(options: OutgoingIdentityOptions, environment: NodeJS.ProcessEnv): Record<string, unknown> {
  const { SIGNING_KEY: signingKey, SIGNING_ISSUER: issuer, PUBLIC_ORIGIN: origin, NODE_ENV: mode } = environment;
  const { SERVICE_CLIENT_ID: clientId, SERVICE_CLIENT_SECRET: clientSecret } = environment;
  const { AUTH_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET } = environment;
  const service = {
    ...present({ issuer: AUTH_ISSUER, clientId: OIDC_CLIENT_ID, clientSecret: OIDC_CLIENT_SECRET }),
    ...options.service,
    ...present({ clientId, clientSecret }),
  };
  // A client that is not whole counts for nothing, unless the code says that there is one.
  const isClient = options.service !== undefined || Object.keys(service).length === 3;
  return {
    ...present({ issuer: origin }),
    production: mode === 'production',
    ...options,
    ...present({ signingKey, issuer }),
    ...(isClient && { service }),
  };
}

function present(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ''));
}

function keysOf({ signingKey }: OutgoingOptions, problems: BootProblems | undefined): readonly SigningKey[] {
  if (signingKey === undefined) return [];
  try {
    return readSigningKeys(signingKey);
  } catch (error) {
    const problem: BootProblem = {
      where: 'outgoing identity',
      path: ORIGINS.signingKey,
      message: (error as Error).message,
      mend: 'set it to private keys, P-256 or Ed25519 (PEM, JWK or JWK set), or to the path of such a file',
    };
    if (!problems) throw new BootError([problem]);
    problems.add(problem);
    return [];
  }
}
