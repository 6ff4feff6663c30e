/**
 * What the lint and the build both know about sections in non-public fields, and the nest CLI's compiler plugin that lets the
 * boot see them: TypeScript's `private` leaves no trace in JavaScript, so the plugin writes one.
 *
 * For a page class with such fields the built file gains
 *   Reflect.defineMetadata('guichet:private-sections', ['price'], FilmPage)
 * as a static block. CommonJS, because the nest CLI loads plugins by `require`.
 */
const ts = require('typescript');

/** Under this key a page class carries the names of its private and protected sections. */
const PRIVATE_SECTIONS = 'guichet:private-sections';

/** `internal` may be private: it never leaves. */
const sectionCalls = new Set(['required', 'optional']);
const pageDecorators = new Set(['Page', 'Command']);

/**
 * @param {import('typescript').SourceFile} source
 * @returns {{ node: import('typescript').Node, owner: import('typescript').ClassLikeDeclaration, page: string, field: string, modifier: string, call: string }[]}
 */
function sectionsNotPublicIn(source) {
  const names = importedNames(source);
  const found = [];
  const visit = node => {
    if (ts.isClassLike(node)) found.push(...ofClass(node, names));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function ofClass(owner, names) {
  const found = [];
  const page = isPage(owner, names);
  for (const member of owner.members) {
    if (!ts.isPropertyDeclaration(member) || !member.initializer) continue;
    const call = sectionCallOf(member.initializer, names);
    // A base class of pages has no decorator of its own: there the import tells.
    const modifier = call && (page || call.fromFramework) && modifierOf(member);
    if (modifier) {
      const field = member.name.getText(owner.getSourceFile());
      found.push({ node: member.name, owner, page: owner.name?.text ?? '(class)', field, modifier, call: call.name });
    }
  }
  return found;
}

function modifierOf(member) {
  if (ts.isPrivateIdentifier(member.name)) return undefined; // truly private: it never leaves, and the page's types refuse it
  const flags = ts.getCombinedModifierFlags(member);
  if (flags & ts.ModifierFlags.Private) return 'private';
  if (flags & ts.ModifierFlags.Protected) return 'protected';
  return undefined;
}

/** The section function an initialiser calls, seen through `as`, `!`, `satisfies` and parentheses. */
function sectionCallOf(expression, names) {
  const inner = ts.skipOuterExpressions(expression);
  if (!ts.isCallExpression(inner)) return undefined;
  const named = importedAs(inner.expression, names);
  return named && sectionCalls.has(named.name) ? named : undefined;
}

function isPage(node, names) {
  const own = (ts.canHaveDecorators(node) ? ts.getDecorators(node) : undefined) ?? [];
  return own.some(({ expression }) => {
    const callee = ts.isCallExpression(expression) ? expression.expression : expression;
    return pageDecorators.has(importedAs(callee, names)?.name);
  });
}

/** What an expression was called where it comes from: `required`, `page.required` and `required as need` are all `required`. */
function importedAs(expression, names) {
  if (ts.isIdentifier(expression)) return names.get(expression.text) ?? { name: expression.text, fromFramework: false };
  if (!ts.isPropertyAccessExpression(expression)) return undefined;
  const owner = ts.isIdentifier(expression.expression) ? names.get(expression.expression.text) : undefined;
  return { name: expression.name.text, fromFramework: owner?.fromFramework ?? false };
}

function importedNames(source) {
  const names = new Map();
  for (const statement of source.statements) {
    const bindings = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : undefined;
    if (!bindings) continue;
    const fromFramework = statement.moduleSpecifier.text === 'guichet/page';
    if (ts.isNamespaceImport(bindings)) names.set(bindings.name.text, { name: bindings.name.text, fromFramework });
    else {
      for (const { name, propertyName } of bindings.elements) {
        names.set(name.text, { name: (propertyName ?? name).text, fromFramework });
      }
    }
  }
  return names;
}

/** The plugin: `before` in the nest CLI's words. */
function before() {
  return context => source => {
    const found = sectionsNotPublicIn(source);
    if (found.length === 0) return source;
    const visit = node => {
      const visited = ts.visitEachChild(node, visit, context);
      const fields = found.filter(({ owner }) => owner === node).map(({ field }) => field);
      return fields.length > 0 ? withTrace(context.factory, visited, fields) : visited;
    };
    return ts.visitNode(source, visit);
  };
}

function withTrace(factory, owner, fields) {
  const define = factory.createPropertyAccessExpression(factory.createIdentifier('Reflect'), 'defineMetadata');
  const names = factory.createArrayLiteralExpression(fields.map(field => factory.createStringLiteral(field)));
  const call = factory.createCallExpression(define, undefined, [
    factory.createStringLiteral(PRIVATE_SECTIONS),
    names,
    factory.createThis(),
  ]);
  const block = factory.createClassStaticBlockDeclaration(
    factory.createBlock([factory.createExpressionStatement(call)], true),
  );
  const members = factory.createNodeArray([...owner.members, block]);
  return ts.isClassDeclaration(owner)
    ? factory.updateClassDeclaration(
        owner,
        owner.modifiers,
        owner.name,
        owner.typeParameters,
        owner.heritageClauses,
        members,
      )
    : factory.updateClassExpression(
        owner,
        owner.modifiers,
        owner.name,
        owner.typeParameters,
        owner.heritageClauses,
        members,
      );
}

module.exports = { PRIVATE_SECTIONS, before, sectionsNotPublicIn };
