import type { Type } from '@nestjs/common';
import { OPTIONAL_DEPS_METADATA, PARAMTYPES_METADATA, SELF_DECLARED_DEPS_METADATA } from '@nestjs/common/internal';
import * as core from '@nestjs/core';
import type { BootProblem } from 'guichet/kernel';
import { upstreamDeclarationOf } from 'guichet/upstream';
import { compilePage } from './compile.js';
import { type ModuleReference, readModules } from './module-tree.js';
import { recordNodes } from './node.js';
import { declarationOf } from './page.decorator.js';
import { duplicateRoutes } from './routes.js';

/** Nest's own classes, which need no module. */
const OF_NEST = new Set<unknown>(Object.values(core));

/**
 * Finds all that is wrong with an app's pages before anything is created, for Nest's own dependency injection stops at its
 * first problem: what the pages' graphs get wrong, duplicate routes, and dependencies that no module provides. Pages are
 * constructed with inert stand-ins for their dependencies, which `load` alone uses; a constructor that throws with them is
 * passed over, for the boot constructs it again with the real ones.
 * @param root    the app's root module
 * @param tokens  what is provided from outside the tree
 */
export function inspectPages(root: ModuleReference, tokens: readonly unknown[] = []): BootProblem[] {
  const { controllers, provided, isWhole } = readModules(root);
  const known = new Set([...provided, ...tokens]);
  const pages = new Set(controllers.filter(declarationOf));
  return [
    ...[...pages].flatMap(page => [
      ...(isWhole ? missingDependencies(page, known) : []),
      ...compiledWithStandIns(page),
    ]),
    ...duplicateRoutes(controllers),
  ];
}

function missingDependencies(page: Type, known: ReadonlySet<unknown>): BootProblem[] {
  return dependenciesOf(page)
    .filter(
      (token): token is Type =>
        typeof token === 'function' && token !== Object && !known.has(token) && !OF_NEST.has(token),
    )
    .map(token => ({
      where: page.name,
      path: token.name,
      message: 'the page needs it, but no module provides it',
      mend: upstreamDeclarationOf(token)
        ? `list ${token.name} in UpstreamModule.forRoot({ clients: […] })`
        : `import the module that provides ${token.name}, or list it there`,
    }));
}

/** The tokens a class is injected with, those that are `@Optional()` left out. */
function dependenciesOf(page: Type): unknown[] {
  const types = (Reflect.getMetadata(PARAMTYPES_METADATA, page) as unknown[] | undefined) ?? [];
  const named =
    (Reflect.getMetadata(SELF_DECLARED_DEPS_METADATA, page) as { index: number; param: unknown }[] | undefined) ?? [];
  const optional = (Reflect.getMetadata(OPTIONAL_DEPS_METADATA, page) as number[] | undefined) ?? [];
  const tokens = [...types];
  for (const { index, param } of named) tokens[index] = forwarded(param);
  return tokens.filter((_, index) => !optional.includes(index));
}

function forwarded(token: unknown): unknown {
  const reference = token as { forwardRef?: () => unknown } | undefined;
  return typeof reference === 'object' && reference.forwardRef ? reference.forwardRef() : token;
}

function compiledWithStandIns(page: Type): readonly BootProblem[] {
  try {
    const { made, nodes } = recordNodes(() => new page(...Array.from({ length: page.length }, () => inert)) as object);
    return compilePage(made, nodes).problems;
  } catch {
    return [];
  }
}

// Answers every access, call and construction with itself, so that a constructor which looks at its dependencies gets by.
const inert: object = new Proxy(function standIn() {}, {
  get: (_, key) => (key === 'then' ? undefined : key === Symbol.toPrimitive ? () => '' : inert),
  apply: () => inert,
  construct: () => inert,
});
