import { clientsOf, endingCalls } from './apps/services.js';
import type { FoundApp } from './apps/found-app.js';
import type { Clients } from './clients/clients.js';
import type { Reading } from './compiler/reading.js';
import type { GuichetMap, MappedApp, MappedService, RetiredUse, Uses } from './model.js';

/** Turns the map of apps round: who uses each service, what is retired and used, what could not be told. */
export function summary(
  reading: Reading,
  clients: Clients,
  found: readonly FoundApp[],
  apps: readonly MappedApp[],
  at: number,
): GuichetMap {
  const users = apps.flatMap(usersOf);
  return {
    at: new Date(at).toISOString(),
    apps,
    services: servicesOf(reading, clients, found, users),
    retired: users.flatMap(retiredUses),
    unknown: [
      ...apps.flatMap(app => app.unknown.map(one => ({ by: app.name, ...one }))),
      ...users.flatMap(({ by, uses }) => uses.unknown.map(one => ({ by, ...one }))),
      ...clients.unknown.map(one => ({ by: 'clients', ...one })),
    ],
  };
}

/** Something that uses services: a section, a route, code elsewhere. */
interface User {
  readonly by: string;
  readonly uses: Uses;
}

function usersOf({ name: app, pages, routes, elsewhere }: MappedApp): readonly User[] {
  return [
    // What answers 410 uses nothing any more.
    ...pages
      .filter(({ isGone }) => !isGone)
      .flatMap(({ route, sections }) =>
        sections.map(section => ({ by: `${app} ${route} (${section.name})`, uses: section })),
      ),
    ...routes
      .filter(({ isGone }) => !isGone)
      .map(({ route, service, call, at, deprecated }) => ({
        by: `${app} ${route}`,
        uses: { calls: [{ service, call, at }], deprecated, unknown: [] },
      })),
    ...elsewhere.map(code => ({ by: `${app} ${code.name}`, uses: code })),
  ];
}

function retiredUses({ by, uses }: User): readonly RetiredUse[] {
  return uses.deprecated
    .filter(({ ending }) => ending.isRetired)
    .map(({ service, call, ending }) => ({
      by,
      service,
      what: call === undefined ? service : `${call} of ${service}`,
      ending,
    }));
}

function servicesOf(
  reading: Reading,
  clients: Clients,
  apps: readonly FoundApp[],
  users: readonly User[],
): readonly MappedService[] {
  const declared = new Map(apps.flatMap(app => clientsOf(reading, clients, app)).map(one => [one.declaration, one]));
  const calls = users.flatMap(({ by, uses }) => uses.calls.map(({ service, call }) => ({ service, by, call })));
  const names = new Set([
    ...[...declared.values()].map(({ service }) => service),
    ...calls.map(({ service }) => service),
  ]);
  return [...names].toSorted().map(name => {
    const own = [...declared.values()].filter(({ service }) => service === name);
    const ending = own.find(client => client.ending)?.ending;
    return {
      name,
      clients: own.map(client => client.name),
      ...(ending && { ending }),
      deprecatedCalls: Object.assign(
        {},
        ...own.map(client => endingCalls(clients, client)),
      ) as MappedService['deprecatedCalls'],
      usedBy: calls.filter(({ service }) => service === name).map(({ by, call }) => ({ by, call })),
    };
  });
}
