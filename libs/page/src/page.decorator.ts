import { Controller, Delete, Get, HttpCode, Patch, Post, Put, Req, Res } from '@nestjs/common';
import type { DeprecationOptions, Schema } from 'guichet/kernel';
import { callerFile } from './caller-file.js';
import type { Priority } from './door/priority.js';
import type { PageRefusal } from './page-types.js';
import { servePage } from './serve-page.js';

/** The methods of commands. */
export type CommandMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A schema of an object without the key that the envelope reserves. */
export type ShapeSchema = Schema<object & { readonly _sections?: never; readonly [Symbol.iterator]?: never }>;

/** What a page and a command both say of themselves. */
export interface CommandOptions {
  /** How long the client waits at most, milliseconds from the request's arrival; 1 to 60,000. */
  readonly budgetMs: number;
  /** The version or versions it answers to, as Nest's versioning is set up. */
  readonly version?: string | string[];
  /** Checks and projects what `view` makes (without a view: the sections): a field that is not in it never leaves. */
  readonly shape?: ShapeSchema;
  /** One line for the API's documentation. */
  readonly summary?: string;
  /** What it is worth when not all can be served; default `normal`. */
  readonly priority?: Priority;
  /** That its time is over, and what to use instead. */
  readonly deprecated?: DeprecationOptions;
  /** The status of success: 200 to 299, but not 204, for there is a body; default 200. */
  readonly status?: number;
}

/** What a page says of itself. */
export interface PageOptions extends Omit<CommandOptions, 'status'> {
  /**
   * `Cache-Control` of a complete answer, which then also carries `ETag` and `Vary`. Default: `no-store`, as every degraded
   * answer says.
   */
  readonly cacheControl?: string;
}

/** What a page's decorator noted. */
export interface PageDeclaration extends CommandOptions, PageOptions {
  readonly method: 'GET' | CommandMethod;
  /** Relative to the app's root, without a leading slash: `pages/films/:id`. */
  readonly path: string;
  /** The file the class stands in, where that could be seen. */
  readonly file: string | undefined;
}

type PageClass = abstract new (...dependencies: never[]) => object;
type PageDecorator = <C extends PageClass>(target: C & PageRefusal<InstanceType<C>>) => void;

/** The method that `@Page` gives a class; Nest finds route handlers by name, so it cannot be a symbol. */
export const HANDLER = 'answerPage';

const DECLARATION = Symbol('guichet.page');
const VERBS = { GET: Get, POST: Post, PUT: Put, PATCH: Patch, DELETE: Delete };

/**
 * Makes a class a page: an ordinary Nest controller with one route, `GET /pages/<path>`, listed in a module's `controllers`.
 * @param path  relative to `/pages/`: `films/:id`
 */
export function Page(path: string, options: PageOptions): PageDecorator {
  return declare({ ...options, method: 'GET', path: pagePath(path), file: callerFile(Page) });
}

/**
 * Makes a class a command, a page that writes: `<method> /pages/<path>`. Its steps are required sections, ordered by their needs.
 * @param path  relative to `/pages/`: `orders`
 */
export function Command(method: CommandMethod, path: string, options: CommandOptions): PageDecorator {
  return declare({ ...options, method, path: pagePath(path), file: callerFile(Command) });
}

/** @returns what a class was declared to be, or undefined if it is no page */
export function declarationOf(target: object): PageDeclaration | undefined {
  return Reflect.getOwnMetadata(DECLARATION, target) as PageDeclaration | undefined;
}

function declare(declaration: PageDeclaration): PageDecorator {
  return target => {
    const prototype = target.prototype as object;
    const handler: PropertyDescriptor = { configurable: true, writable: true, value: handle };
    Object.defineProperty(prototype, HANDLER, handler);
    // Passthrough, so that Nest sends what interceptors make of the page; without interceptors the page answers itself.
    Req()(prototype, HANDLER, 0);
    Res({ passthrough: true })(prototype, HANDLER, 1);
    VERBS[declaration.method]()(prototype, HANDLER, handler);
    HttpCode(declaration.status ?? 200)(prototype, HANDLER, handler);
    const { path, version } = declaration;
    Controller(version === undefined ? { path } : { path, version })(target);
    Reflect.defineMetadata(DECLARATION, declaration, target);

    // One function a class: Nest keeps a route's metadata on it.
    function handle(this: object, request: never, response: never): unknown {
      return servePage(this, request, response);
    }
  };
}

function pagePath(path: string): string {
  return `pages/${path.replace(/^\/+|\/+$/g, '')}`;
}
