import 'reflect-metadata';
import { createContext, runInContext } from 'node:vm';
import * as ts from 'typescript';

interface Plugin {
  readonly PRIVATE_SECTIONS: string;
  before(): ts.TransformerFactory<ts.SourceFile>;
}
// eslint-disable-next-line typescript/no-require-imports -- the nest CLI loads it by require, too
const plugin = require('./private-sections.cjs') as Plugin;

/** Compiles a page as the build does and gives what the class then carries. */
function tracesOf(body: string): unknown {
  const source = `import { Page, required, optional } from 'guichet/page';\n@Page('films/:id')\nclass FilmPage {\n${body}\n}\nexport { FilmPage };`;
  const compilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    experimentalDecorators: true,
    useDefineForClassFields: true,
  };
  const { outputText } = ts.transpileModule(source, { compilerOptions, transformers: { before: [plugin.before()] } });
  const exports: { FilmPage?: object } = {};
  const page = { Page: () => (target: object) => target, required: () => 1, optional: () => 1 };
  runInContext(outputText, createContext({ exports, Reflect, require: () => page }));
  return Reflect.getMetadata(plugin.PRIVATE_SECTIONS, exports.FilmPage!);
}

describe('the compiler plugin', () => {
  it('leaves on the class the names of its private and protected sections', () => {
    expect(tracesOf('private a = required([], () => 1);\nprotected readonly b = optional([], () => 1);')).toEqual([
      'a',
      'b',
    ]);
  });

  it('leaves nothing on a page whose sections are public', () => {
    expect(tracesOf('readonly a = required([], () => 1);')).toBeUndefined();
  });
});
