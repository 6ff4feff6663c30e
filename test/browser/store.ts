import { startBff } from '../support/bff.js';
import { fault, heal, type ServiceName, startAllServices } from '../support/services.js';

/** The built web BFF, its client and the store's services, running. */
export interface Store {
  /** Where the BFF serves, e.g. `http://127.0.0.1:41234`. */
  readonly origin: string;
  /** Lets every request to a service suffer: the members of `Fault` in `examples/shop/services/http/faults.ts`. */
  strike(service: ServiceName, kind: Readonly<Record<string, unknown>>): Promise<void>;
  /** Ends all suffering. */
  heal(): Promise<void>;
}

/** Opens the store; its processes end with the suite. */
export async function openStore(): Promise<Store> {
  const { byName, upstreamsFile } = await startAllServices();
  const bff = await startBff('web', { DISCOVERY: 'static', UPSTREAMS_FILE: upstreamsFile });
  return {
    origin: bff.url,
    strike: async (service, kind) => await fault(byName[service], kind),
    heal: async () => void (await Promise.all(Object.values(byName).map(heal))),
  };
}
