import type ts from 'typescript';
import { constantOf, isObject } from '../compiler/constant.js';
import type { Reading } from '../compiler/reading.js';
import { pageEnding } from '../ending.js';
import type { MappedPage, MappedSection, Unknown } from '../model.js';
import { Walk, type WalkParts } from '../walk/walk.js';
import type { FoundApp } from './found-app.js';
import { servedClasses } from './served-classes.js';

/** The pages of an app, and what was entered on the way. */
export interface ReadPages {
  readonly pages: readonly MappedPage[];
  readonly unknown: readonly Unknown[];
  readonly entered: ReadonlySet<ts.Node>;
}

/** Finds the pages and commands of an app and what each of their sections uses. @param at  the instant, epoch milliseconds */
export function readPages(parts: WalkParts, app: FoundApp, at: number): ReadPages {
  const { reading } = parts;
  const { classes: served, unknown: hidden } = servedClasses(reading, app);
  const unknown = [...hidden];
  const entered = new Set<ts.Node>();
  const pages = app.files
    .flatMap(file => reading.classesOf(file))
    .filter(declaration => served === undefined || served.has(declaration))
    .flatMap(declaration => {
      const [decorator] = reading.decorators(declaration, 'page', 'Page', 'Command');
      if (!decorator) {
        if (served?.has(declaration) && sectionTypes(reading, declaration).length > 0) {
          const what = `${declaration.name?.text}: it has sections, but its @Page is not to be seen`;
          unknown.push({ what, at: reading.placeOf(declaration) });
        }
        return [];
      }
      const page = readPage(parts, declaration, decorator, at, unknown, entered);
      return page ? [page] : [];
    });
  return { pages, unknown, entered };
}

function readPage(
  parts: WalkParts,
  declaration: ts.ClassDeclaration,
  decorator: ts.CallExpression,
  at: number,
  unknown: Unknown[],
  entered: Set<ts.Node>,
): MappedPage | undefined {
  const { reading } = parts;
  const place = reading.placeOf(declaration);
  const name = declaration.name?.text ?? '(a class without a name)';
  const values = decorator.arguments.map(argument => constantOf(reading, argument));
  const isPage = reading.decorators(declaration, 'page', 'Page').includes(decorator);
  const [method, path, options] = isPage ? ['GET', ...values] : values;
  if (typeof method !== 'string' || typeof path !== 'string') {
    unknown.push({ what: `${name}: its path is made as the code runs`, at: place });
    return undefined;
  }
  const { ending, isGone, mistake } = pageEnding(isObject(options) ? options['deprecated'] : undefined, at);
  if (mistake !== undefined) unknown.push({ what: `${name}: ${mistake}`, at: place });
  if (!isObject(options)) unknown.push({ what: `${name}: its options are made as the code runs`, at: place });
  return {
    name,
    route: `${method} /pages/${path.replace(/^\/+|\/+$/g, '')}`,
    file: reading.pathOf(declaration.getSourceFile().fileName),
    ...(ending && { ending }),
    isGone,
    sections: sectionsOf(parts, declaration, entered),
  };
}

/** The properties of a page that are sections, inherited ones too. */
function sectionTypes(reading: Reading, page: ts.ClassDeclaration): readonly ts.Symbol[] {
  const { checker, framework } = reading;
  const symbol = page.name && reading.symbolOf(page.name);
  if (!symbol) return [];
  return checker
    .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))
    .filter(property =>
      framework.is(checker.getTypeOfSymbolAtLocation(property, page).getSymbol(), 'page', 'Section', 'Internal'),
    );
}

function sectionsOf(parts: WalkParts, page: ts.ClassDeclaration, entered: Set<ts.Node>): readonly MappedSection[] {
  const { reading } = parts;
  const { compiler } = reading;
  return sectionTypes(reading, page).map(property => {
    const declaration = property.valueDeclaration;
    const walk = new Walk(parts);
    if (declaration && compiler.isPropertyDeclaration(declaration) && declaration.initializer)
      walk.enter(declaration.initializer, page);
    else {
      const what = `the section ${property.name} is not made where it is declared`;
      walk.found.addUnknown({ what, at: reading.placeOf(declaration ?? page) }, true);
    }
    for (const node of walk.entered) entered.add(node);
    return { name: property.name, ...walk.found.uses() };
  });
}
