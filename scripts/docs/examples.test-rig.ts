import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';

const repository = join(__dirname, '..', '..');

/** The code block of a document that begins with a comment of the file it stands in: `// apps/web/src/…`. */
export function exampleOf(document: string, file: string): string {
  const text = readFileSync(join(repository, document), 'utf8');
  const block = text.split('```ts\n').find(part => part.startsWith(`// ${file}\n`));
  if (block === undefined) throw new Error(`${document} has no example that begins with // ${file}`);
  return block.slice(0, block.indexOf('```'));
}

/**
 * Checks the types of files as if they stood where they say, beside the sources of this repository.
 * @param files  text by path, relative to the repository
 * @returns what TypeScript has against them
 */
export function typeErrorsOf(files: Readonly<Record<string, string>>): readonly string[] {
  const texts = new Map(Object.entries(files).map(([file, text]) => [join(repository, file), text]));
  const { config } = ts.readConfigFile(join(repository, 'tsconfig.json'), name => ts.sys.readFile(name));
  const names = [...texts.keys()];
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: names }, ts.sys, repository);
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: name => texts.has(name) || disk.fileExists(name),
    readFile: name => texts.get(name) ?? disk.readFile(name),
    getSourceFile: (name, ...rest) => {
      const text = texts.get(name);
      return text === undefined
        ? disk.getSourceFile(name, ...rest)
        : ts.createSourceFile(name, text, ts.ScriptTarget.ES2022);
    },
  };
  const program = ts.createProgram(names, options, host);
  return names
    .flatMap(name => program.getSemanticDiagnostics(program.getSourceFile(name)))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
