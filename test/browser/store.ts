import { startBff } from '../support/bff.js';
import { freePort } from '../support/free-port.js';
import { originOf, startIssuer } from '../support/issuer.js';
import { fault, heal, type ServiceName, startAllServices } from '../support/services.js';

/** The built web BFF, its client and the store's services, running. */
export interface Store {
  /** Where browsers see the BFF, `http://localhost:41234`: another site than the issuer's. */
  readonly origin: string;
  /** Lets every request to a service suffer: the members of `Fault` in `examples/shop/services/http/faults.ts`. */
  strike(service: ServiceName, kind: Readonly<Record<string, unknown>>): Promise<void>;
  /** Ends all suffering. */
  heal(): Promise<void>;
}

/** Opens the store; its processes end with the suite. */
export async function openStore(): Promise<Store> {
  const { byName, upstreamsFile } = await startAllServices();
  const port = await freePort();
  const issuer = await startIssuer([port]);
  await startBff('web', {
    ...issuer.env,
    ...issuer.webEnv(port),
    PORT: String(port),
    DISCOVERY: 'static',
    UPSTREAMS_FILE: upstreamsFile,
  });
  return {
    origin: originOf(port),
    strike: async (service, kind) => await fault(byName[service], kind),
    heal: async () => void (await Promise.all(Object.values(byName).map(heal))),
  };
}
