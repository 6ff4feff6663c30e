import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '..');

/**
 * Makes a runnable module of a TypeScript file of the bench, within the repository, so that packages resolve as they do
 * for the apps. Types are checked with all others, not here.
 * @param {string} file  absolute
 * @returns {Promise<string>} the module's file
 */
export async function transpile(file) {
  const { outputText } = ts.transpileModule(await readFile(file, 'utf8'), {
    fileName: file,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      useDefineForClassFields: true,
      inlineSourceMap: true,
    },
  });
  const output = join(root, '.cache', relative(root, file).replace(/\.ts$/, '.js'));
  await mkdir(dirname(output), { recursive: true });
  await writeFile(output, outputText);
  return output;
}
