import { resolve } from 'node:path';
import { readElsewhere } from './apps/elsewhere.js';
import { findEntries } from './apps/entries.js';
import { type FoundApp, foundApps } from './apps/found-app.js';
import { readPages } from './apps/pages.js';
import { readRoutes } from './apps/routes.js';
import { ClientCalls } from './clients/client-calls.js';
import { Clients } from './clients/clients.js';
import { loadCompiler } from './compiler/compiler.js';
import { Reading } from './compiler/reading.js';
import { MapError } from './map-error.js';
import type { GuichetMap, MappedApp } from './model.js';
import { summary } from './summary.js';
import { CallSites } from './walk/call-sites.js';
import { Receivers } from './walk/receivers.js';
import { Implementations } from './walk/implementations.js';
import { Targets } from './walk/targets.js';

/** What is mapped, and for when. */
export interface MapOptions {
  /** The project's folder; where a `tsconfig.json` is, and a `nest-cli.json` if it has several apps. */
  readonly folder: string;
  /** Another tsconfig file, relative to the folder. */
  readonly project?: string | undefined;
  /** The instant that decides what is retired, milliseconds since 1970-01-01 UTC. */
  readonly at: number;
}

/**
 * Draws the map of a project: which pages and routes of its apps use which services and calls, as its sources say. Nothing of
 * the project is run, and no server is needed.
 * @throws MapError  if there is nothing to read
 */
export function readMap({ folder, project, at }: MapOptions): GuichetMap {
  const root = resolve(folder);
  const compiler = loadCompiler(root);
  const { files, options } = findEntries(compiler, root, project);
  const program = compiler.createProgram([...files], options);
  const reading = new Reading(compiler, program, root);
  const apps = foundApps(reading, files);
  if (apps.length === 0)
    throw new MapError(`no app was found in ${root}: an app begins where \`runBff\` of guichet/bff is called`);
  const clients = new Clients(reading, at);
  const mapped = apps.map(app => readApp(reading, clients, app, at));
  return summary(reading, clients, apps, mapped, at);
}

function readApp(reading: Reading, clients: Clients, app: FoundApp, at: number): MappedApp {
  const implementations = new Implementations(reading, app.files);
  const receivers = new Receivers(reading, clients, implementations);
  const callSites = new CallSites(reading, receivers, new ClientCalls(reading, clients));
  const targets = new Targets(reading, clients, implementations);
  const parts = { reading, clients, callSites, receivers, targets };
  const { pages, unknown, entered } = readPages(parts, app, at);
  const routes = readRoutes(reading, clients, app, at);
  return {
    name: app.name,
    file: reading.pathOf(app.entry.fileName),
    pages,
    routes: routes.routes,
    elsewhere: readElsewhere(parts, app, entered),
    unknown: [...app.unknown, ...unknown, ...routes.unknown],
  };
}
