import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { ts } from '../lint/typescript.mjs';
import { filesUnder, isContract, repository } from '../projects.mjs';

const privateSections = createRequire(import.meta.url)('../build/private-sections.cjs');

/** Parsed files, shared by all projects: most of a program is declarations of packages that never change. */
const parsed = new Map();

/** One project kept compiled: a change costs what it touches. The same tsconfig, output and plugin as the nest CLI's build. */
export class HotProject {
  /** @param {import('../projects.mjs').Project} project */
  constructor(project) {
    this.project = project;
    this.program = undefined;
  }

  /**
   * Compiles what changed and writes it, if it is without errors: with errors, what is in dist stays as it was.
   * @returns {{ errors?: string, wrote: boolean, declarationsChanged: boolean }}
   */
  compile() {
    // Read again each time: files come and go.
    const { options, fileNames } = this.config();
    const host = hostOf(options);
    this.program = ts.createEmitAndSemanticDiagnosticsBuilderProgram(fileNames, options, host, this.program);
    const diagnostics = [
      ...this.program.getConfigFileParsingDiagnostics(),
      ...this.program.getOptionsDiagnostics(),
      ...this.program.getSyntacticDiagnostics(),
      ...this.program.getGlobalDiagnostics(),
      ...this.program.getSemanticDiagnostics(),
      ...(options.declaration ? this.program.getDeclarationDiagnostics() : []),
    ];
    if (diagnostics.length > 0) {
      return {
        errors: ts.formatDiagnosticsWithColorAndContext(diagnostics, host),
        wrote: false,
        declarationsChanged: false,
      };
    }
    let wrote = false;
    let declarationsChanged = false;
    const write = (file, text) => {
      const before = ts.sys.readFile(file);
      if (before === text) return;
      wrote = true;
      declarationsChanged ||= file.endsWith('.d.ts');
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    };
    this.program.emit(undefined, write, undefined, false, { before: [privateSections.before()] });
    for (const [from, to] of this.contracts()) write(to, readFileSync(from, 'utf8'));
    return { wrote, declarationsChanged };
  }

  /** Whether it was compiled against the declarations of another project. */
  uses(other) {
    const folder = join(repository, other.project.outDir) + sep;
    return (
      this.program
        ?.getProgram()
        .getSourceFiles()
        .some(({ fileName }) => fileName.startsWith(folder)) ?? true
    );
  }

  /** Where contracts stand, and where they stand in the build. */
  contracts() {
    const { sourceRoot, outDir } = this.project;
    const root = join(repository, sourceRoot);
    return filesUnder(root)
      .filter(isContract)
      .map(file => [file, join(repository, outDir, relative(root, file))]);
  }

  config() {
    const file = join(repository, this.project.tsConfig);
    const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: ({ messageText }) => fail(messageText) };
    return ts.getParsedCommandLineOfConfigFile(file, undefined, host);
  }
}

function hostOf(options) {
  const host = ts.createIncrementalCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (file, ...rest) => {
    const stamp = ts.sys.getModifiedTime(file)?.getTime();
    const known = parsed.get(file);
    if (known?.stamp === stamp && stamp !== undefined) return known.source;
    const source = read(file, ...rest);
    parsed.set(file, { stamp, source });
    return source;
  };
  return host;
}

function fail(message) {
  throw new Error(ts.flattenDiagnosticMessageText(message, '\n'));
}
