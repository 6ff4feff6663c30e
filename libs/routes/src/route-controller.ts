import {
  Controller,
  Delete,
  Get,
  Inject,
  Injectable,
  Options,
  Patch,
  Post,
  Put,
  Req,
  Res,
  SetMetadata,
  type Type,
} from '@nestjs/common';
import { RouteConfig as FastifyRouteConfig } from '@nestjs/platform-fastify';
import { ApiOperation, ApiParam, ApiResponse } from '@nestjs/swagger';
import { HANDLER_METADATA } from 'guichet/kernel';
import type { DeclaredRoute } from './declaration/declared-route.js';
import { methodsOf } from './declaration/route-name.js';
import type { RouteConfig, RouteMethod } from './declaration/route.options.js';
import { RouteRegistry, STREAMED } from './route.registry.js';

const VERBS = { GET: Get, POST: Post, PUT: Put, PATCH: Patch, DELETE: Delete, OPTIONS: Options };

/**
 * Makes a route an ordinary Nest controller, one method for each of its own, so that guards, limits and the API's documentation see
 * it as they see a page.
 */
export function routeController(route: DeclaredRoute): Type {
  @Injectable()
  class RouteController {
    constructor(@Inject(RouteRegistry) readonly registry: RouteRegistry) {}
  }
  const { prototype } = RouteController;
  for (const method of methodsOf(route.config)) {
    const name = `pass${method}`;
    // One function for each method: Nest keeps a route's metadata on it.
    const descriptor: PropertyDescriptor = {
      configurable: true,
      writable: true,
      value: function (this: RouteController, request: never, reply: never): Promise<void> {
        return this.registry.serve(route, request, reply);
      },
    };
    Object.defineProperty(prototype, name, descriptor);
    Req()(prototype, name, 0);
    Res()(prototype, name, 1);
    for (const decorate of decorators(route, method)) decorate(prototype, name, descriptor);
  }
  Controller()(RouteController);
  for (const [key, value] of access(route.config)) SetMetadata(key, value)(RouteController);
  // Problems and logs name a controller by its class.
  Object.defineProperty(RouteController, 'name', { value: route.name });
  return RouteController;
}

function decorators(route: DeclaredRoute, method: RouteMethod): MethodDecorator[] {
  const { config, path } = route;
  return [
    // Fastify's router knows a rest without its name.
    VERBS[method](path.hasRest ? path.text.replace(/\*\w+$/, '*') : path.text),
    FastifyRouteConfig({ [STREAMED]: true }) as MethodDecorator,
    ApiOperation({
      operationId: `${method.toLowerCase()} ${path.text}`,
      ...(config.deprecated && { deprecated: true }),
      summary: config.summary ?? `Passed through to ${config.upstream}`,
    }),
    ...path.names
      .slice(0, path.hasRest ? -1 : undefined)
      .map(name => ApiParam({ name, schema: { type: 'string', ...patternOf(config.params[name]) } })),
    ApiResponse({ status: config.upgrade ? 101 : 200, description: `What ${config.upstream} answers.` }),
    ApiResponse({ status: 'default', description: 'The request failed.' } as never),
  ] as MethodDecorator[];
}

function patternOf(pattern: RegExp | undefined): { pattern?: string } {
  return pattern === undefined ? {} : { pattern: `^(?:${pattern.source})$` };
}

/** What guards are told, as decorators of a page would. */
function access(config: RouteConfig): [string, unknown][] {
  const { access: rule, cost } = config;
  const isRead = methodsOf(config).every(method => method === 'GET' || method === 'OPTIONS');
  const csrf = config.csrf ?? (isRead ? 'origin' : 'header');
  return [
    [HANDLER_METADATA.cost, cost],
    ...(rule === 'public' ? ([[HANDLER_METADATA.public, true]] as [string, unknown][]) : []),
    ...(typeof rule === 'object'
      ? ([
          [HANDLER_METADATA.scopes, rule.scopes ?? []],
          [HANDLER_METADATA.roles, rule.roles ?? []],
        ] as [string, unknown][])
      : []),
    ...(csrf === 'origin' ? ([[HANDLER_METADATA.originChecked, true]] as [string, unknown][]) : []),
  ];
}
