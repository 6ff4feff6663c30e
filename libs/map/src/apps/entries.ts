import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import type ts from 'typescript';
import type { Compiler } from '../compiler/compiler.js';
import { MapError } from '../map-error.js';

/** The files that may begin an app, and how they are compiled. */
export interface Entries {
  readonly files: readonly string[];
  readonly options: ts.CompilerOptions;
}

/**
 * Looks for the files in which apps begin: those that call `runBff`, of a Nest workspace only those of its applications.
 * @param folder   the project's, absolute
 * @param project  a tsconfig file, relative to it; by default `tsconfig.json`, the editor's view, which sees sources rather than builds
 * @throws MapError  if there is no such file, or it is wrong
 */
export function findEntries(compiler: Compiler, folder: string, project: string | undefined): Entries {
  const path = resolve(folder, project ?? 'tsconfig.json');
  if (!existsSync(path)) {
    throw new MapError(
      `there is no ${project ?? 'tsconfig.json'} in ${folder}: go to the project's folder, or name a file by --project`,
    );
  }
  const told = (found: ts.Diagnostic): never => {
    throw new MapError(`${path}: ${compiler.flattenDiagnosticMessageText(found.messageText, ' ')}`);
  };
  const config = compiler.getParsedCommandLineOfConfigFile(
    path,
    {},
    { ...compiler.sys, onUnRecoverableConfigFileDiagnostic: told },
  )!;
  if (config.errors[0]) told(config.errors[0]);
  const folders = project === undefined ? applicationFolders(folder) : undefined;
  const files = config.fileNames
    .map(file => resolve(dirname(path), file))
    .filter(file => !folders || folders.some(one => file.startsWith(one)))
    .filter(file => /\brunBff\s*\(/.test(readFileSync(file, 'utf8')));
  const order = (file: string): number => folders?.findIndex(one => file.startsWith(one)) ?? 0;
  files.sort((a, b) => order(a) - order(b));
  return { files, options: { ...config.options, noEmit: true } };
}

/** The source folders of a Nest workspace's applications; undefined where it is none. */
function applicationFolders(folder: string): readonly string[] | undefined {
  const path = join(folder, 'nest-cli.json');
  if (!existsSync(path)) return undefined;
  let workspace: { projects?: Record<string, { type?: string; sourceRoot?: string }> };
  try {
    workspace = JSON.parse(readFileSync(path, 'utf8')) as typeof workspace;
  } catch (error) {
    throw new MapError(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  const applications = Object.values(workspace.projects ?? {}).filter(({ type }) => type === 'application');
  if (applications.length === 0) return undefined;
  return applications.map(({ sourceRoot = '' }) => resolve(folder, sourceRoot) + sep);
}
