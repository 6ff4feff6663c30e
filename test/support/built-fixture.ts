import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { repository } from './program.js';

// eslint-disable-next-line typescript/no-require-imports -- the nest CLI loads it by require, too
const plugin = require('../../scripts/build/private-sections.cjs') as {
  before(): ts.TransformerFactory<ts.SourceFile>;
};

const built = new Map<string, string>();

/**
 * Compiles `test/fixtures/<name>.ts.fixture` as the build compiles an app, without its type check.
 * @returns the program's path, relative to the repository; it is gone with the tests
 */
export function builtFixture(name: string): string {
  const known = built.get(name);
  if (known) return known;
  const { config } = ts.readConfigFile(join(repository, 'tsconfig.base.json'), path => readFileSync(path, 'utf8')) as {
    config: { compilerOptions: unknown };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, repository);
  const source = readFileSync(join(repository, 'test/fixtures', `${name}.ts.fixture`), 'utf8');
  const { outputText } = ts.transpileModule(source, {
    // Node resolves `guichet/…` from inside the package alone, and what ends in .mts is an ES module to the compiler.
    fileName: `${name}.mts`,
    compilerOptions: { ...options, sourceMap: false, declaration: false },
    transformers: { before: [plugin.before()] },
  });
  const folder = join('.cache', 'e2e');
  const file = join(folder, `${name}-${process.pid}.mjs`);
  mkdirSync(join(repository, folder), { recursive: true });
  writeFileSync(join(repository, file), outputText);
  process.once('exit', () => rmSync(join(repository, file), { force: true }));
  built.set(name, file);
  return file;
}
