import { dirname, sep } from 'node:path';
import type ts from 'typescript';
import type { Compiler } from './compiler.js';

/** The framework's doors whose exports the map knows. */
const DOORS = [
  'kernel',
  'resilience',
  'observability',
  'discovery',
  'upstream',
  'live',
  'page',
  'routes',
  'auth',
  'throttling',
  'health',
  'problem',
  'inspector',
  'map',
  'testing',
  'bff',
] as const;

/** One of the framework's doors: `page` is `guichet/page`. */
export type Door = (typeof DOORS)[number];

/** The framework as a program sees it: its exports, and which files are its own. */
export class Framework {
  private readonly exported = new Map<Door, ReadonlyMap<string, ts.Symbol>>();
  private readonly folders: readonly string[];

  /** @param from  a file of the program, from which its doors are looked for */
  constructor(compiler: Compiler, program: ts.Program, checker: ts.TypeChecker, from: string) {
    const folders = new Set<string>();
    const host = compiler.createCompilerHost(program.getCompilerOptions());
    for (const door of DOORS) {
      const { resolvedModule } = compiler.resolveModuleName(
        `guichet/${door}`,
        from,
        program.getCompilerOptions(),
        host,
        undefined,
        undefined,
        compiler.ModuleKind.ESNext,
      );
      if (!resolvedModule) continue;
      folders.add(dirname(resolvedModule.resolvedFileName) + sep);
      const file = program.getSourceFile(resolvedModule.resolvedFileName);
      const symbol = file && checker.getSymbolAtLocation(file);
      if (!symbol) continue;
      const real = (one: ts.Symbol): ts.Symbol =>
        one.flags & compiler.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one;
      this.exported.set(door, new Map(checker.getExportsOfModule(symbol).map(one => [one.name, real(one)])));
    }
    this.folders = [...folders];
  }

  /** Whether it is installed where the program looks. */
  get isThere(): boolean {
    return this.folders.length > 0;
  }

  /** @returns whether a symbol, aliases resolved, is one of a door's exports */
  is(symbol: ts.Symbol | undefined, door: Door, ...names: readonly string[]): boolean {
    const exported = this.exported.get(door);
    return symbol !== undefined && names.some(name => exported?.get(name) === symbol);
  }

  /** @returns whether a file belongs to the framework itself */
  owns(file: string): boolean {
    return this.folders.some(folder => file.startsWith(folder));
  }
}
