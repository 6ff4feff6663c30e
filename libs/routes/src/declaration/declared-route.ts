import { BootError, BootProblems, readOptions } from 'guichet/kernel';
import { parametersOf } from 'guichet/observability';
import { methodsOf, routeName } from './route-name.js';
import { compilePath, type RoutePath } from './route-path.js';
import { type RouteConfig, type RouteOptions, routeSchema } from './route.options.js';

/** A route that is sound in itself. */
export interface DeclaredRoute {
  readonly config: RouteConfig;
  readonly name: string;
  readonly path: RoutePath;
  /** The path at the upstream. */
  readonly to: RoutePath;
  /** For each value of `to`, where it stands among those of `path`. */
  readonly order: readonly number[];
}

const PREFIX = '/api/';

/** Reads one declaration. @returns undefined where it is not sound; why stands in `problems` */
export function declareRoute(options: RouteOptions, problems: BootProblems): DeclaredRoute | undefined {
  const found = new BootProblems();
  const where = `route ${whereOf(options)}`;
  let config: RouteConfig;
  try {
    config = readOptions(where, routeSchema, options, found);
  } catch (error) {
    if (!(error instanceof BootError)) throw error;
    problems.add(...error.problems);
    return undefined;
  }
  const path = pathOf(config.path, where, 'path', found);
  const to = path && pathOf(config.to ?? config.path.replace(/^\/api(?=\/)/, ''), where, 'to', found);
  if (!config.path.startsWith(PREFIX)) {
    found.add({
      where,
      path: 'path',
      message: `must begin with ${PREFIX}: everything else is the app's own (pages, health, docs)`,
      value: config.path,
      mend: `write ${PREFIX}…, and the upstream's own path into \`to\``,
    });
  }
  if (path && to) checkParams(config, path, to, where, found);
  checkMethods(config, where, found);
  problems.add(...found.all);
  if (found.all.length > 0 || !path || !to) return undefined;
  return { config, name: routeName(config), path, to, order: to.names.map(name => path.names.indexOf(name)) };
}

function pathOf(text: string, where: string, option: string, problems: BootProblems): RoutePath | undefined {
  try {
    return compilePath(text);
  } catch (error) {
    problems.add({
      where,
      path: option,
      message: (error as Error).message,
      value: text,
      mend: 'write it like /api/films/:id, or /api/files/*rest',
    });
    return undefined;
  }
}

function checkParams(
  { params, deprecated }: RouteConfig,
  path: RoutePath,
  to: RoutePath,
  where: string,
  problems: BootProblems,
): void {
  const mend = `use its parameters (${path.names.join(', ') || 'none'})`;
  for (const name of to.names.filter(other => !path.names.includes(other)))
    problems.add({ where, path: 'to', message: `"${name}" is no parameter of ${path.text}`, mend });
  for (const name of Object.keys(params).filter(other => !path.names.includes(other)))
    problems.add({ where, path: `params.${name}`, message: `is no parameter of ${path.text}`, mend });
  // Of a rest nobody knows what it would be elsewhere.
  const segments = path.hasRest ? path.names.slice(0, -1) : path.names;
  for (const name of parametersOf(deprecated?.successor).filter(other => !segments.includes(other))) {
    const message = `":${name}" is no parameter of one segment of ${path.text}`;
    problems.add({ where, path: 'deprecated.successor', message, mend });
  }
  const rest = path.hasRest ? path.names.at(-1) : undefined;
  if (rest !== undefined && to.names.includes(rest) && !(to.hasRest && to.names.at(-1) === rest)) {
    problems.add({
      where,
      path: 'to',
      message: `"${rest}" may be several segments, and stands for one`,
      mend: `end it with /*${rest}`,
    });
  }
}

function checkMethods(config: RouteConfig, where: string, problems: BootProblems): void {
  const methods = methodsOf(config);
  if (config.upgrade !== undefined && methods.join() !== 'GET')
    problems.add({ where, path: 'method', message: 'a WebSocket is opened by GET', mend: 'leave it out' });
  if (config.events && !methods.includes('GET') && !methods.includes('POST'))
    problems.add({ where, path: 'events', message: 'needs GET or POST', mend: 'leave it out' });
  if (config.csrf === 'origin' && methods.some(method => method !== 'GET' && method !== 'OPTIONS')) {
    problems.add({
      where,
      path: 'csrf',
      message: 'what changes something is asked for with the header',
      mend: 'leave it out, and send X-CSRF: 1',
    });
  }
  if (config.origins.length > 0 && config.upgrade === undefined)
    problems.add({
      where,
      path: 'origins',
      message: 'is for upgrades alone',
      mend: 'allow origins by the edge’s cors',
    });
}

function whereOf({ method, path }: RouteOptions): string {
  return routeName({ method: method ?? 'GET', path: String(path) });
}
