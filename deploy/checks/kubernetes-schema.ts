import { join } from 'node:path';
import type { Model } from '@kubernetes-models/base';
import * as ts from 'typescript';
import { applied, type Manifest } from './manifests.js';
import { repository } from './repository.js';

type ModelClass = new (data: object) => Model<unknown>;

/** What `kubernetes-models` has of a kind, or undefined for kinds that Kubernetes itself does not have. */
function moduleOf(apiVersion: string): string | undefined {
  if (/^(kustomize\.config\.k8s\.io|monitoring\.coreos\.com)\//.test(apiVersion)) return undefined;
  return `kubernetes-models/${apiVersion}`;
}

/** @returns whether Kubernetes' own schema speaks of it */
export function isKnown({ apiVersion }: Manifest): boolean {
  return moduleOf(apiVersion) !== undefined;
}

/**
 * Checks an object by Kubernetes' schema: types, required fields, formats.
 * @throws Error  naming the field and what is wrong
 */
export function validate(manifest: Manifest): void {
  const models = require(moduleOf(manifest.apiVersion)!) as Readonly<Record<string, ModelClass | undefined>>;
  const Kind = models[manifest.kind];
  if (!Kind) throw new Error(`${manifest.apiVersion} has no ${manifest.kind}`);
  new Kind(applied(manifest)).validate();
}

/**
 * Finds fields that the schema does not have, as `kubectl --validate=strict` does: the schema lets them pass, and TypeScript, told
 * that an object is of a kind, does not.
 * @returns one line each: file and what the compiler says
 */
export function unknownFields(all: readonly Manifest[]): readonly string[] {
  const source = all
    .map(
      (manifest, index) =>
        `import type { I${manifest.kind} as K${index} } from '${moduleOf(manifest.apiVersion)}';` +
        `export const o${index}: K${index} = ${JSON.stringify(applied(manifest))};`,
    )
    .join('\n');
  const file = join(repository, 'deploy/kubernetes/manifests.virtual.ts');
  const options: ts.CompilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  };
  const host = ts.createCompilerHost(options);
  const disk = { ...host };
  host.fileExists = name => name === file || disk.fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022) : disk.getSourceFile(name, ...rest);
  return ts.getPreEmitDiagnostics(ts.createProgram([file], options, host)).map(({ messageText, start, file: at }) => {
    const line = at && start !== undefined ? at.getLineAndCharacterOfPosition(start).line : -1;
    return `${all[line]?.file}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}
