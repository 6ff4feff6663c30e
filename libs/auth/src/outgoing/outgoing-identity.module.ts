import { type DynamicModule, Module } from '@nestjs/common';
import { BootError, type BootProblem, BootProblems, Clock, readOptions, systemClock } from 'guichet/kernel';
import { UpstreamIdentity } from 'guichet/upstream';
import type { z } from 'zod';
import { JwksController } from './jwks.controller.js';
import { OutgoingIdentity } from './outgoing-identity.js';
import { OUTGOING_OPTIONS, type OutgoingOptions, outgoingOptions } from './outgoing.options.js';
import { readSigningKeys, type SigningKey } from './signing-keys.js';

type Input = z.input<typeof outgoingOptions>;

/** Options as an app writes them; the environment's fill in what is left out. */
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
   * @param options  over `SIGNING_KEY`, `SIGNING_ISSUER` (else `PUBLIC_ORIGIN`), `AUTH_ISSUER`, `SERVICE_CLIENT_ID` and
   *   `SERVICE_CLIENT_SECRET` (else `OIDC_CLIENT_ID` and `OIDC_CLIENT_SECRET`) of the environment, and `NODE_ENV`
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

function merged(options: OutgoingIdentityOptions, environment: NodeJS.ProcessEnv): Record<string, unknown> {
  const clientId = environment['SERVICE_CLIENT_ID'] || environment['OIDC_CLIENT_ID'];
  const clientSecret = environment['SERVICE_CLIENT_SECRET'] || environment['OIDC_CLIENT_SECRET'];
  const client = { issuer: environment['AUTH_ISSUER'], clientId, clientSecret };
  // A client that is not whole counts for nothing, unless the code says that there is one.
  const isClient = options.service !== undefined || Object.values(client).every(Boolean);
  const found = {
    issuer: environment['SIGNING_ISSUER'] || environment['PUBLIC_ORIGIN'],
    signingKey: environment['SIGNING_KEY'],
    production: environment['NODE_ENV'] === 'production',
  };
  return { ...present(found), ...options, ...(isClient && { service: { ...present(client), ...options.service } }) };
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
