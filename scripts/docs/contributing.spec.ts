import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { layerContract } from 'guichet/testing';
import type { Layer } from 'guichet/upstream';
import * as ts from 'typescript';

const repository = join(__dirname, '..', '..');
const file = join(repository, 'libs/upstream/src/layers/concurrency-cap.layer.ts');
const example = exampleOf('// libs/upstream/src/layers/concurrency-cap.layer.ts');

/** The code block of CONTRIBUTING.md that begins with a line. */
function exampleOf(firstLine: string): string {
  const text = readFileSync(join(repository, 'CONTRIBUTING.md'), 'utf8');
  const block = text.split('```ts\n').find(part => part.startsWith(firstLine));
  if (block === undefined) throw new Error(`CONTRIBUTING.md has no example that begins with ${firstLine}`);
  return block.slice(0, block.indexOf('```'));
}

/** Runs the example where it says it stands. */
function load(): { ConcurrencyCapLayer: new (maxUnderWay: number) => Layer & { readonly underWay: number } } {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS };
  const exports = {};
  const requireThere = (name: string): unknown =>
    require(name.startsWith('.') ? join(file, '..', name.replace(/\.js$/, '.ts')) : name);
  const { outputText } = ts.transpileModule(example, { compilerOptions });
  const run = runInThisContext(`(exports, require) => {${outputText}\n}`) as (...given: unknown[]) => void;
  run(exports, requireThere);
  return exports as ReturnType<typeof load>;
}

describe('the layer of CONTRIBUTING.md', () => {
  layerContract('ConcurrencyCapLayer', () => {
    const { ConcurrencyCapLayer } = load();
    const layer = new ConcurrencyCapLayer(10);
    return { layer, held: () => layer.underWay };
  });

  it('has no type errors', () => {
    const { config } = ts.readConfigFile(join(repository, 'tsconfig.json'), name => ts.sys.readFile(name));
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [file] }, ts.sys, repository);
    const host = ts.createCompilerHost(options);
    const { readFile, fileExists, getSourceFile } = host;
    host.fileExists = name => name === file || fileExists(name);
    host.readFile = name => (name === file ? example : readFile(name));
    host.getSourceFile = (name, ...rest) =>
      name === file ? ts.createSourceFile(name, example, ts.ScriptTarget.ES2022) : getSourceFile(name, ...rest);
    const program = ts.createProgram([file], options, host);
    const found = program.getSemanticDiagnostics(program.getSourceFile(file));
    expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  }, 60_000);
});
