import { MODULE_METADATA } from '@nestjs/common/internal';
import type { DynamicModule, ForwardReference, Provider, Type } from '@nestjs/common';

/** What a module may list as an import. */
export type ModuleReference = Type | DynamicModule | ForwardReference | Promise<DynamicModule>;

/** What a tree of modules declares, read without creating anything. */
export interface ModuleTree {
  /** One entry for each module that lists it. */
  readonly controllers: readonly Type[];
  /** The tokens that some module provides. */
  readonly provided: ReadonlySet<unknown>;
  /** Whether all modules could be read; an asynchronous one cannot. */
  readonly isWhole: boolean;
}

/** Walks the modules from the root down: imports, dynamic modules and forward references. */
export function readModules(root: ModuleReference): ModuleTree {
  const controllers: Type[] = [];
  const provided = new Set<unknown>();
  const seen = new Set<unknown>();
  let isWhole = true;

  const visit = (reference: ModuleReference | undefined): void => {
    if (reference === undefined || seen.has(reference)) return;
    seen.add(reference);
    if (reference instanceof Promise) isWhole = false;
    else if ('forwardRef' in reference) visit(reference.forwardRef() as ModuleReference);
    else if ('module' in reference) {
      visit(reference.module);
      note(reference);
    } else {
      const list = (key: string): never[] => (Reflect.getMetadata(key, reference) as never[] | undefined) ?? [];
      note({
        imports: list(MODULE_METADATA.IMPORTS),
        controllers: list(MODULE_METADATA.CONTROLLERS),
        providers: list(MODULE_METADATA.PROVIDERS),
      });
    }
  };
  const note = (module: Pick<DynamicModule, 'imports' | 'controllers' | 'providers'>): void => {
    controllers.push(...(module.controllers ?? []));
    for (const provider of module.providers ?? []) provided.add(tokenOf(provider));
    for (const imported of module.imports ?? []) visit(imported as ModuleReference);
  };
  visit(root);
  return { controllers, provided, isWhole };
}

function tokenOf(provider: Provider): unknown {
  return typeof provider === 'object' && 'provide' in provider ? provider.provide : provider;
}
