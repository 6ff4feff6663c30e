import type { BootProblems } from 'guichet/kernel';
import type { Protocol } from './protocol.js';
import { declarationOf, type UpstreamClass } from './upstream.decorator.js';

/**
 * What each upstream speaks, as the base classes of its clients say. Two clients of one upstream that speak differently could
 * share neither connections nor what is known of the instances: that is noted.
 * @returns by the upstream's name
 */
export function upstreamProtocols(
  clients: readonly UpstreamClass[],
  problems: BootProblems,
): ReadonlyMap<string, Protocol> {
  const protocols = new Map<string, Protocol>();
  for (const client of clients) {
    const declaration = declarationOf(client);
    if (declaration === undefined) continue;
    const { protocol } = client;
    const other = protocols.get(declaration.name);
    if (other === undefined) protocols.set(declaration.name, protocol);
    else if (other !== protocol) {
      problems.add({
        where: `upstream ${declaration.name}`,
        path: client.name,
        ...(other.name === protocol.name
          ? {
              message: `is connected otherwise than another client of the same upstream, which speaks ${other.name}, too`,
              mend: 'give both the same options, by one constant',
            }
          : {
              message: `speaks ${protocol.name}, and another client of the same upstream speaks ${other.name}`,
              mend: 'register what speaks another protocol under a name of its own',
            }),
      });
    }
  }
  return protocols;
}
