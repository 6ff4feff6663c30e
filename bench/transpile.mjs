import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '..');

/**
 * Makes runnable modules of a folder's TypeScript files, within the repository, so that packages resolve as they do for
 * the apps. Types are checked with all others, not here.
 * @param {string} folder  absolute
 * @returns {Promise<string>} the folder of the modules, each named as its source, with `.js`
 */
export async function transpile(folder) {
  const output = join(root, '.cache', relative(root, folder));
  await mkdir(output, { recursive: true });
  const sources = (await readdir(folder)).filter(file => file.endsWith('.ts'));
  await Promise.all(
    sources.map(async file => {
      const text = javaScript(join(folder, file), await readFile(join(folder, file), 'utf8'));
      await writeFile(join(output, file.replace(/\.ts$/, '.js')), text);
    }),
  );
  return output;
}

function javaScript(file, text) {
  return ts.transpileModule(text, {
    fileName: file,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      useDefineForClassFields: true,
      inlineSourceMap: true,
    },
  }).outputText;
}
