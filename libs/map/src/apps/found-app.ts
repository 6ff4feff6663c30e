import { basename, dirname } from 'node:path';
import type ts from 'typescript';
import { constantOf, isObject } from '../compiler/constant.js';
import type { Reading } from '../compiler/reading.js';
import type { Unknown } from '../model.js';

/** An app as its entry shows it. */
export interface FoundApp {
  readonly name: string;
  readonly entry: ts.SourceFile;
  /** The project's own files that it loads, its entry among them. */
  readonly files: readonly ts.SourceFile[];
  /** Modules that it loads by names made as the code runs. */
  readonly unknown: readonly Unknown[];
}

/** @returns the apps that begin in these files: one for each that calls `runBff` */
export function foundApps(reading: Reading, entries: readonly string[]): readonly FoundApp[] {
  return entries.flatMap(path => {
    const entry = reading.program.getSourceFile(path);
    const call = entry && startOf(reading, entry);
    if (!entry || !call) return [];
    const options = call.arguments[1] && constantOf(reading, call.arguments[1]);
    const name = isObject(options) && typeof options['name'] === 'string' ? options['name'] : undefined;
    return [{ name: name ?? basename(dirname(path)), entry, ...loadedFrom(reading, entry) }];
  });
}

function startOf(reading: Reading, file: ts.SourceFile): ts.CallExpression | undefined {
  const { compiler } = reading;
  let found: ts.CallExpression | undefined;
  const look = (node: ts.Node): void => {
    if (
      found === undefined &&
      compiler.isCallExpression(node) &&
      reading.framework.is(reading.symbolOf(node.expression), 'bff', 'runBff')
    )
      found = node;
    if (found === undefined) compiler.forEachChild(node, look);
  };
  look(file);
  return found;
}

function loadedFrom(reading: Reading, entry: ts.SourceFile): Pick<FoundApp, 'files' | 'unknown'> {
  const { compiler, program, checker } = reading;
  const files = new Set([entry]);
  const unknown: Unknown[] = [];
  const visit = (file: ts.SourceFile): void => {
    const look = (node: ts.Node): void => {
      if (compiler.isCallExpression(node) && node.expression.kind === compiler.SyntaxKind.ImportKeyword) {
        const [name] = node.arguments;
        if (!name || !compiler.isStringLiteralLike(name))
          unknown.push({ what: 'which module is loaded shows when it runs', at: reading.placeOf(node) });
      }
      // The specifiers of imports, exports and import(…) have the module's symbol.
      const symbol = compiler.isStringLiteralLike(node) ? checker.getSymbolAtLocation(node) : undefined;
      for (const declaration of symbol?.declarations ?? []) {
        const next = compiler.isSourceFile(declaration) ? program.getSourceFile(declaration.fileName) : undefined;
        if (!next || files.has(next) || !reading.isOwn(next)) continue;
        files.add(next);
        visit(next);
      }
      compiler.forEachChild(node, look);
    };
    look(file);
  };
  visit(entry);
  return { files: [...files], unknown };
}
