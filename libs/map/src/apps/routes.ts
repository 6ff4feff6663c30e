import type ts from 'typescript';
import type { Clients } from '../clients/clients.js';
import { constantOf, isObject } from '../compiler/constant.js';
import type { Reading } from '../compiler/reading.js';
import { pageEnding } from '../ending.js';
import type { MappedRoute, Unknown } from '../model.js';
import type { FoundApp } from './found-app.js';
import { serviceEndings } from './services.js';

/** The pass-through routes of an app. */
export interface ReadRoutes {
  readonly routes: readonly MappedRoute[];
  readonly unknown: readonly Unknown[];
}

/** Finds what an app hands to `RoutesModule.forRoot`. @param at  the instant, epoch milliseconds */
export function readRoutes(reading: Reading, clients: Clients, app: FoundApp, at: number): ReadRoutes {
  const { compiler } = reading;
  const routes: MappedRoute[] = [];
  const unknown: Unknown[] = [];
  const endings = serviceEndings(reading, clients, app);
  const note = (value: unknown, node: ts.Node): void => {
    const place = reading.placeOf(node);
    const { method = 'GET', path, upstream, to, deprecated } = isObject(value) ? value : {};
    const methods = [method].flat();
    if (
      typeof path !== 'string' ||
      typeof upstream !== 'string' ||
      !methods.every(one => typeof one === 'string') ||
      (to !== undefined && typeof to !== 'string')
    ) {
      unknown.push({ what: 'a pass-through route is made as the code runs', at: place });
      return;
    }
    const { ending, isGone, mistake } = pageEnding(deprecated, at);
    const names = [...new Set(methods)].join('|');
    if (mistake !== undefined) unknown.push({ what: `${names} ${path}: ${mistake}`, at: place });
    const ofService = endings.get(upstream);
    routes.push({
      route: `${names} ${path}`,
      service: upstream,
      call: `${names} ${to ?? path.replace(/^\/api(?=\/)/, '')}`,
      at: place,
      ...(ending && { ending }),
      isGone,
      deprecated: ofService ? [{ service: upstream, ending: ofService }] : [],
    });
  };
  const look = (node: ts.Node): void => {
    if (compiler.isCallExpression(node) && isForRoot(reading, node)) {
      const [list] = node.arguments;
      const value = list && constantOf(reading, list);
      if (Array.isArray(value))
        for (const [index, one] of value.entries()) note(one, placeIn(reading, list!, index) ?? node);
      else unknown.push({ what: 'the pass-through routes are made as the code runs', at: reading.placeOf(node) });
    }
    compiler.forEachChild(node, look);
  };
  for (const file of app.files) look(file);
  return { routes, unknown };
}

function isForRoot(reading: Reading, { expression }: ts.CallExpression): boolean {
  const { compiler } = reading;
  if (!compiler.isPropertyAccessExpression(expression) || expression.name.text !== 'forRoot') return false;
  return reading.framework.is(reading.symbolOf(expression.expression), 'routes', 'RoutesModule');
}

/** Where one of several routes stands, if they are written out. */
function placeIn(reading: Reading, list: ts.Expression, index: number): ts.Node | undefined {
  const { compiler } = reading;
  const array = reading.bare(list);
  if (!compiler.isArrayLiteralExpression(array) || array.elements.some(compiler.isSpreadElement)) return undefined;
  return array.elements[index];
}
