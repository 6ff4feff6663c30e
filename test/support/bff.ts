import { request } from './http.js';
import { type Issuer, startIssuer } from './issuer.js';
import { Program, type ProgramOptions } from './program.js';
import { until } from './until.js';

/** A running BFF. */
export interface Bff {
  readonly name: string;
  readonly port: number;
  /** `http://127.0.0.1:41234` */
  readonly url: string;
  /** The same for operators. */
  readonly managementUrl: string;
  readonly program: Program;
}

interface Listening {
  readonly type: 'listening';
  readonly port: number;
  readonly managementPort: number;
}

/** Limits that no test reaches by accident; those about limits set their own. */
const WIDE_LIMITS = 'address=1000000000/1000,principal=1000000000/1000';

let shared: Promise<Issuer> | undefined;

/** @returns the issuer of this file's BFFs, started when it is asked for first; one for whoever starts none of its own */
export function issuer(): Promise<Issuer> {
  return (shared ??= startIssuer());
}

/** @returns headers that say who asks: a customer of the example, by an access token */
export async function as(customerId: string): Promise<{ readonly Authorization: string }> {
  return { Authorization: `Bearer ${await (await issuer()).token(customerId)}` };
}

/**
 * Starts a built BFF as {@link launchBff} does.
 * @returns once it says that it is ready
 */
export async function startBff(name: 'web' | 'mobile', env: ProgramOptions['env'] = {}): Promise<Bff> {
  const bff = await launchBff(name, env);
  await until(`${name} is ready`, async () => (await request(`${bff.url}/health/ready`)).status === 200);
  return bff;
}

/**
 * Starts a built BFF on any free ports, believing the tokens of {@link issuer} unless `env` names another.
 * @returns once it listens, ready or not
 */
export async function launchBff(name: 'web' | 'mobile', env: ProgramOptions['env'] = {}): Promise<Bff> {
  const known = env['AUTH_ISSUER'] ? undefined : await issuer();
  const identity = { ...known?.env, ...(name === 'web' && known?.webEnv(1)) };
  const program = new Program(name, `dist/apps/${name}/main.js`, {
    env: { PORT: '0', MANAGEMENT_PORT: '0', THROTTLE_LIMITS: WIDE_LIMITS, ...identity, ...env },
  });
  const { port, managementPort } = await program.message<Listening>('listening');
  return { name, port, url: `http://127.0.0.1:${port}`, managementUrl: `http://127.0.0.1:${managementPort}`, program };
}
