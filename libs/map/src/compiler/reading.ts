import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type ts from 'typescript';
import type { Compiler } from './compiler.js';
import { Framework } from './framework.js';

/** A program that is being read: its sources, its types, and what of it is the framework's. */
export class Reading {
  readonly checker: ts.TypeChecker;
  readonly framework: Framework;
  private readonly builtOnFramework = new Map<string, boolean>();

  /** @param folder  the project's, absolute: places are told relative to it */
  constructor(
    readonly compiler: Compiler,
    readonly program: ts.Program,
    readonly folder: string,
  ) {
    this.checker = program.getTypeChecker();
    const [entry = folder] = program.getRootFileNames();
    this.framework = new Framework(compiler, program, this.checker, entry);
  }

  /** Whether a file is the project's own source: it can be read, and is not the framework's. */
  isOwn(file: ts.SourceFile): boolean {
    const { fileName, isDeclarationFile } = file;
    return !isDeclarationFile && !fileName.includes('/node_modules/') && !this.framework.owns(fileName);
  }

  /** @returns whether a file of types alone stands for code that may call upstreams: its package is built on the framework, or is it */
  mayCallUpstreams({ fileName, isDeclarationFile }: ts.SourceFile): boolean {
    return isDeclarationFile && this.isBuiltOnFramework(dirname(fileName));
  }

  /** @returns what a name stands for, imports resolved */
  symbolOf(node: ts.Node): ts.Symbol | undefined {
    return this.real(this.checker.getSymbolAtLocation(node));
  }

  /** @returns what a symbol stands for, imports resolved */
  real(symbol: ts.Symbol | undefined): ts.Symbol | undefined {
    if (symbol === undefined || !(symbol.flags & this.compiler.SymbolFlags.Alias)) return symbol;
    return this.checker.getAliasedSymbol(symbol);
  }

  /** @returns an expression without parentheses and what only types are told by */
  bare(node: ts.Expression): ts.Expression {
    const { compiler } = this;
    let inner = node;
    while (
      compiler.isParenthesizedExpression(inner) ||
      compiler.isAsExpression(inner) ||
      compiler.isSatisfiesExpression(inner) ||
      compiler.isNonNullExpression(inner)
    )
      inner = inner.expression;
    return inner;
  }

  /** @returns where a node stands: `apps/web/src/main.ts:8` */
  placeOf(node: ts.Node): string {
    const file = node.getSourceFile();
    const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
    return `${this.pathOf(file.fileName)}:${line}`;
  }

  /** @returns a file relative to the project, with slashes */
  pathOf(file: string): string {
    return relative(this.folder, file).split(sep).join('/');
  }

  /** @returns the calls among a class's or member's decorators whose function is this export of the framework */
  decorators(node: ts.Node, door: 'page' | 'upstream', ...names: readonly string[]): readonly ts.CallExpression[] {
    const { compiler } = this;
    if (!compiler.canHaveDecorators(node)) return [];
    return (compiler.getDecorators(node) ?? [])
      .map(({ expression }) => expression)
      .filter(expression => compiler.isCallExpression(expression))
      .filter(({ expression }) => this.framework.is(this.symbolOf(expression), door, ...names));
  }

  private isBuiltOnFramework(folder: string): boolean {
    const known = this.builtOnFramework.get(folder);
    if (known !== undefined) return known;
    const path = join(folder, 'package.json');
    const above = dirname(folder);
    const found = existsSync(path) ? namesFramework(path) : above !== folder && this.isBuiltOnFramework(above);
    this.builtOnFramework.set(folder, found);
    return found;
  }

  /** @returns the classes of a file's top level, exported or not */
  classesOf(file: ts.SourceFile): readonly ts.ClassDeclaration[] {
    return file.statements.filter(statement => this.compiler.isClassDeclaration(statement));
  }
}

function namesFramework(path: string): boolean {
  const described = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, unknown>>;
  if (described['name'] === 'guichet') return true;
  return ['dependencies', 'peerDependencies', 'optionalDependencies'].some(
    kind => 'guichet' in ((described[kind] as object | undefined) ?? {}),
  );
}
