import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { layerContract } from 'guichet/testing';
import type { Layer } from 'guichet/upstream';
import * as ts from 'typescript';
import { exampleOf, typeErrorsOf } from './examples.test-rig.js';

const file = 'libs/upstream/src/layers/concurrency-cap.layer.ts';
const folder = join(__dirname, '..', '..', 'libs/upstream/src/layers');
const example = exampleOf('CONTRIBUTING.md', file);

/** Runs the example where it says it stands. */
function load(): { ConcurrencyCapLayer: new (maxUnderWay: number) => Layer & { readonly underWay: number } } {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS };
  const exports = {};
  const requireThere = (name: string): unknown =>
    require(name.startsWith('.') ? join(folder, name.replace(/\.js$/, '.ts')) : name);
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
    expect(typeErrorsOf({ [file]: example })).toEqual([]);
  }, 60_000);
});
