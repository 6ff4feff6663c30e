import { MapError } from './map-error.js';
import type { GuichetMap, MappedApp, Uses } from './model.js';

/** What of a map is shown; nothing named: all. */
export interface MapFilter {
  readonly apps: readonly string[];
  readonly services: readonly string[];
}

/**
 * Takes the part of a map that somebody asks for: apps, and of them the pages and routes that touch services. What could not be
 * told of those apps stays: it may hide a use.
 * @throws MapError  if there is no such app or service
 */
export function filtered(map: GuichetMap, { apps, services }: MapFilter): GuichetMap {
  known(
    'app',
    apps,
    map.apps.map(({ name }) => name),
  );
  known(
    'service',
    services,
    map.services.map(({ name }) => name),
  );
  const isApp = (name: string): boolean => apps.length === 0 || apps.includes(name);
  const isService = (name: string): boolean => services.length === 0 || services.includes(name);
  const isBy = ({ by }: { readonly by: string }): boolean => by === 'clients' || isApp(by.split(' ', 1)[0]!);
  return {
    ...map,
    apps: map.apps
      .filter(({ name }) => isApp(name))
      .map(app => (services.length === 0 ? app : touching(app, isService))),
    services: map.services
      .filter(({ name }) => isService(name))
      .map(service => ({ ...service, usedBy: service.usedBy.filter(isBy) })),
    retired: map.retired.filter(use => isBy(use) && isService(use.service)),
    unknown: map.unknown.filter(isBy),
  };
}

function touching(app: MappedApp, isService: (name: string) => boolean): MappedApp {
  const narrowed = <U extends Uses>(uses: U): U => ({
    ...uses,
    calls: uses.calls.filter(({ service }) => isService(service)),
    deprecated: uses.deprecated.filter(({ service }) => isService(service)),
  });
  const isTouched = ({ calls }: Uses): boolean => calls.length > 0;
  return {
    ...app,
    pages: app.pages
      .map(page => ({ ...page, sections: page.sections.map(narrowed).filter(isTouched) }))
      .filter(({ sections }) => sections.length > 0),
    routes: app.routes.filter(({ service }) => isService(service)),
    elsewhere: app.elsewhere.map(narrowed).filter(isTouched),
  };
}

function known(kind: string, wanted: readonly string[], there: readonly string[]): void {
  for (const name of wanted)
    if (!there.includes(name))
      throw new MapError(`there is no ${kind} "${name}": there are ${there.join(', ') || 'none'}`);
}
