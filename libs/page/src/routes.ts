import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA, VERSION_METADATA } from '@nestjs/common/internal';
import type { BootProblem } from 'guichet/kernel';

type Class = abstract new (...args: never[]) => object;

interface Route {
  readonly owner: string;
  /** `GET /pages/films/:`: parameters stand without their names, for a router cannot tell them apart. */
  readonly shape: string;
  /** As declared. */
  readonly path: string;
  /** By name; `undefined` stands for none. */
  readonly versions: readonly unknown[];
}

/**
 * Finds routes that two controllers, or two modules, both declare. Express would be silent about it and let the first win.
 * @param controllers  all of the app, one entry for each module that lists it
 */
export function duplicateRoutes(controllers: readonly Class[]): BootProblem[] {
  const routes = controllers.flatMap(routesOf);
  return routes.flatMap((route, index) => {
    const first = routes.slice(0, index).find(other => other.shape === route.shape && overlap(other, route));
    if (!first) return [];
    return {
      where: route.owner,
      path: route.path,
      message: first.owner === route.owner ? 'this route is declared twice' : `${first.owner} declares this route too`,
      mend:
        first.owner === route.owner
          ? 'list the class in one module only'
          : 'change one of the two paths, or give them versions',
    };
  });
}

function routesOf(controller: Class): Route[] {
  const prototype = controller.prototype as object;
  return methodNames(prototype).flatMap(name => {
    const handler = (prototype as Record<string, unknown>)[name] as object;
    const paths = texts(Reflect.getMetadata(PATH_METADATA, handler));
    const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number];
    const versions = [
      Reflect.getMetadata(VERSION_METADATA, handler) ?? Reflect.getMetadata(VERSION_METADATA, controller),
    ].flat();
    return texts(Reflect.getMetadata(PATH_METADATA, controller)).flatMap(prefix =>
      paths.map(path => {
        const whole = `/${prefix}/${path}`.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '');
        return { owner: controller.name, shape: `${method} ${shapeOf(whole)}`, path: `${method} ${whole}`, versions };
      }),
    );
  });
}

function methodNames(prototype: object): string[] {
  const names = new Set<string>();
  for (let type = prototype; type && type !== Object.prototype; type = Object.getPrototypeOf(type) as object) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(type)))
      if (name !== 'constructor' && typeof value === 'function' && Reflect.hasMetadata(PATH_METADATA, value))
        names.add(name);
  }
  return [...names];
}

function shapeOf(path: string): string {
  return path.replace(/:\w+/g, ':').replace(/\*\w*/g, '*').toLowerCase();
}

// A route without a version and one with stand beside each other: what the first answers to is for the app's versioning to say.
function overlap(a: Route, b: Route): boolean {
  return a.versions.some(version => b.versions.includes(version));
}

function texts(path: unknown): string[] {
  return typeof path === 'string' ? [path] : Array.isArray(path) ? (path as string[]) : [''];
}
