import { type DynamicModule, Global, Module, type ModuleMetadata, type NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type RequestContextOptions, RequestListeners, useRequestContext } from 'guichet/observability';
import { ErrorFilter } from './error-filter.js';
import { PageModule } from '../src/page.module.js';

/** The adapters that pages work on. */
export const ADAPTERS = ['fastify', 'express'] as const;

/** A running app with some pages, and how to ask it. */
export interface PageApp {
  readonly app: INestApplication;
  readonly url: string;
  get(path: string, init?: RequestInit): Promise<Response>;
}

/** Lets every room know who listens. */
@Global()
@Module({})
class ListenersModule {
  static of(listeners: RequestListeners): DynamicModule {
    const providers = [{ provide: RequestListeners, useValue: listeners }];
    return { module: ListenersModule, providers, exports: [RequestListeners] };
  }
}

/** Starts an app with pages, on a free port of loopback. */
export async function pageApp(
  adapter: (typeof ADAPTERS)[number],
  controllers: NonNullable<ModuleMetadata['controllers']>,
  {
    prepare,
    listeners = new RequestListeners([]),
    wishes,
    ...metadata
  }: ModuleMetadata & {
    prepare?: (app: INestApplication) => void;
    listeners?: RequestListeners;
    wishes?: RequestContextOptions['wishes'];
  } = {},
): Promise<PageApp> {
  class AppModule {}
  const imports = [ListenersModule.of(listeners), PageModule, ...(metadata.imports ?? [])];
  const module = { module: AppModule, ...metadata, imports, controllers };
  const options: NestApplicationOptions = { logger: false, abortOnError: false };
  const app =
    adapter === 'fastify'
      ? await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), options)
      : await NestFactory.create(module, new ExpressAdapter(), options);
  useRequestContext(app, { listeners, wishes });
  app.useGlobalFilters(new ErrorFilter());
  prepare?.(app);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return { app, url, get: (path, init) => fetch(`${url}${path}`, init) };
}
