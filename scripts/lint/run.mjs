import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesUnder } from '../projects.mjs';
import { layerRule } from './layers.mjs';
import { judgeSections } from './sections.mjs';
import { modulesNamedIn, parse } from './typescript.mjs';

const folders = ['apps', 'libs', 'test', 'bench', 'examples'];

/**
 * Reads every source of a tree and judges it by the rules that are this repository's own.
 * @param {string} root  a repository's root, absolute
 * @returns {{ file: string, line: number, message: string }[]} in the order of the files
 */
export function lintTree(root) {
  const { exports = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const judge = layerRule(Object.keys(exports));
  return sourcesIn(root).flatMap(file => {
    const source = parse(file, readFileSync(join(root, file), 'utf8'));
    const imports = modulesNamedIn(source).map(({ specifier, line }) => ({ line, message: judge(file, specifier) }));
    return [...imports, ...judgeSections(source)]
      .filter(({ message }) => message !== undefined)
      .sort((a, b) => a.line - b.line)
      .map(finding => ({ file, ...finding }));
  });
}

function sourcesIn(root) {
  return folders
    .flatMap(folder => filesUnder(join(root, folder)))
    .map(file => relative(root, file))
    .filter(file => /\.[cm]?[jt]sx?$/.test(file) && !/\.d\.[cm]?ts$/.test(file));
}
