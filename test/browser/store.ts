import { freePort } from 'guichet/testing';
import { startBff } from '../support/bff.js';
import { originOf, startIssuer } from '../support/issuer.js';
import type { ProgramOptions } from '../support/program.js';
import { fault, heal, type ServiceName, startAllServices } from '../support/services.js';

/** The built web BFF, its client and the store's services, running. */
export interface Store {
  /** Where browsers see the BFF, `http://localhost:41234`: another site than the issuer's. */
  readonly origin: string;
  /** Where the BFF's developers look in: `http://127.0.0.1:41235/inspector/`. */
  readonly inspector: string;
  /** How the BFF finds the services; it reads the file again when it changes. */
  readonly upstreamsFile: string;
  /** Lets every request to a service suffer: the members of `Fault` in `examples/shop/services/http/faults.ts`. */
  strike(service: ServiceName, kind: Readonly<Record<string, unknown>>): Promise<void>;
  /** Ends all suffering. */
  heal(): Promise<void>;
}

/** Opens the store; its processes end with the suite. */
export async function openStore(env: ProgramOptions['env'] = {}): Promise<Store> {
  const { byName, upstreamsFile } = await startAllServices();
  const port = await freePort();
  const issuer = await startIssuer([port]);
  const { managementUrl } = await startBff('web', {
    ...issuer.env,
    ...issuer.webEnv(port),
    PORT: String(port),
    DISCOVERY: 'static',
    UPSTREAMS_FILE: upstreamsFile,
    ...env,
  });
  return {
    origin: originOf(port),
    inspector: `${managementUrl}/inspector/`,
    upstreamsFile,
    strike: async (service, kind) => await fault(byName[service], kind),
    heal: async () => void (await Promise.all(Object.values(byName).map(heal))),
  };
}
