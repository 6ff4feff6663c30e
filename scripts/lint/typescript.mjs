import { createRequire } from 'node:module';

/** TypeScript's compiler API; loaded here, once, and only by commands that need it. */
export const ts = createRequire(import.meta.url)('typescript');

/**
 * Every place where a file names another module: imports, exports from, `import()`, `require()`, `import x = require()`, types `import('x').Y`.
 * @param {import('typescript').SourceFile} source
 * @returns {{ specifier: string, line: number }[]}
 */
export function modulesNamedIn(source) {
  const found = [];
  const note = node => {
    if (!node || !ts.isStringLiteralLike(node)) return;
    found.push({ specifier: node.text, line: lineOf(source, node) });
  };
  const visit = node => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) note(node.moduleSpecifier);
    else if (ts.isExternalModuleReference(node)) note(node.expression);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) note(node.argument.literal);
    else if (ts.isCallExpression(node) && namesModule(node.expression)) note(node.arguments[0]);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** @returns {number} the line of a node, counted from 1 */
export function lineOf(source, node) {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

/** @returns {import('typescript').SourceFile} */
export function parse(file, text) {
  const kind = /\.[cm]?tsx$|\.jsx$/.test(file) ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  return ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true, kind);
}

// `require.resolve('x')`, `jest.requireActual('x')` and `jest.mock('x')` reach a module as `require` does.
function namesModule(callee) {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  if (ts.isIdentifier(callee)) return callee.text === 'require';
  if (!ts.isPropertyAccessExpression(callee) || !ts.isIdentifier(callee.expression)) return false;
  const { text: owner } = callee.expression;
  return (owner === 'require' && callee.name.text === 'resolve') || owner === 'jest';
}
