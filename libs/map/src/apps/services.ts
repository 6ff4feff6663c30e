import type { Client, Clients } from '../clients/clients.js';
import type { Reading } from '../compiler/reading.js';
import type { Ending } from '../model.js';
import type { FoundApp } from './found-app.js';

/** @returns the client classes of an app that have an upstream of their own */
export function clientsOf(
  reading: Reading,
  clients: Clients,
  { files }: FoundApp,
): readonly (Client & { readonly service: string })[] {
  return files
    .flatMap(file => reading.classesOf(file))
    .flatMap(declaration => {
      const client = clients.of(declaration);
      return client?.service === undefined ? [] : [{ ...client, service: client.service }];
    });
}

/** @returns the ends of whole upstreams, by the upstream's name */
export function serviceEndings(reading: Reading, clients: Clients, app: FoundApp): ReadonlyMap<string, Ending> {
  return new Map(
    clientsOf(reading, clients, app).flatMap(({ service, ending }) => (ending ? [[service, ending] as const] : [])),
  );
}

/** @returns the calls of a client that end, by the client's method */
export function endingCalls(clients: Clients, { name, declaration }: Client): Readonly<Record<string, Ending>> {
  return Object.fromEntries(
    declaration.members.flatMap(member => {
      const ending = clients.endingOf(member);
      return ending ? [[`${name}.${member.name!.getText()}`, ending]] : [];
    }),
  );
}
