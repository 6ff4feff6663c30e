import type ts from 'typescript';
import type { Reading } from './reading.js';

/** Stands for what only shows when the code runs. */
export const NOT_CONSTANT = Symbol('not constant');

/** Depth of constants that lead to constants. */
const MAX_DEPTH = 20;

/**
 * Works out an expression without running it: literals, templates, objects, arrays, spreads, and names of constants.
 * @returns the value; {@link NOT_CONSTANT} for it, or for the parts of it, that cannot be told
 */
export function constantOf(reading: Reading, node: ts.Expression, depth = 0): unknown {
  const { compiler, checker } = reading;
  const inner = (one: ts.Expression): unknown => constantOf(reading, one, depth + 1);
  if (depth > MAX_DEPTH) return NOT_CONSTANT;
  const bare = reading.bare(node);
  if (bare !== node) return inner(bare);
  if (compiler.isStringLiteralLike(node)) return node.text;
  if (compiler.isNumericLiteral(node)) return Number(node.text);
  if (node.kind === compiler.SyntaxKind.TrueKeyword) return true;
  if (node.kind === compiler.SyntaxKind.FalseKeyword) return false;
  if (node.kind === compiler.SyntaxKind.NullKeyword) return null;
  if (compiler.isObjectLiteralExpression(node)) return objectOf(reading, node, inner);
  if (compiler.isArrayLiteralExpression(node)) return arrayOf(reading, node, inner);
  if (compiler.isIdentifier(node) || compiler.isPropertyAccessExpression(node)) {
    if (compiler.isIdentifier(node) && node.text === 'undefined') return undefined;
    const named = initializerOf(reading, node);
    if (named) return inner(named);
    if (compiler.isPropertyAccessExpression(node)) {
      const owner = inner(node.expression);
      if (isObject(owner) && Object.hasOwn(owner, node.name.text)) return owner[node.name.text];
    }
  }
  // Templates, enums, concatenations: where the compiler knows the one value there can be.
  const type = checker.getTypeAtLocation(node);
  if (type.isStringLiteral() || type.isNumberLiteral()) return type.value;
  if (compiler.isTemplateExpression(node)) {
    const parts = node.templateSpans.map(span => [inner(span.expression), span.literal.text] as const);
    if (parts.every(([value]) => typeof value === 'string' || typeof value === 'number'))
      return node.head.text + parts.map(([value, text]) => `${value as string}${text}`).join('');
  }
  return NOT_CONSTANT;
}

/**
 * @returns every text that an expression may be, by its type where it is not one constant; undefined where there is no telling
 */
export function textsOf(reading: Reading, node: ts.Expression): readonly string[] | undefined {
  const value = constantOf(reading, node);
  if (typeof value === 'string') return [value];
  // What a text is said to be, by `as`, it may not be.
  const type = reading.checker.getTypeAtLocation(reading.bare(node));
  const types = type.isUnion() ? type.types : [type];
  const texts = types.map(one => (one.isStringLiteral() ? one.value : undefined));
  return texts.every(text => text !== undefined) ? texts : undefined;
}

/** @returns what a constant was declared as; undefined for what may change, or was not declared with a value */
export function initializerOf(reading: Reading, node: ts.Expression): ts.Expression | undefined {
  const { compiler } = reading;
  const declaration = reading.symbolOf(node)?.valueDeclaration;
  if (!declaration) return undefined;
  if (compiler.isVariableDeclaration(declaration)) {
    const isConstant = (compiler.getCombinedNodeFlags(declaration) & compiler.NodeFlags.Const) !== 0;
    return isConstant && compiler.isIdentifier(declaration.name) ? declaration.initializer : undefined;
  }
  if (compiler.isPropertyDeclaration(declaration)) {
    const isReadonly =
      (compiler.getCombinedModifierFlags(declaration) & compiler.ModifierFlags.Readonly) !== 0 ||
      compiler.isPrivateIdentifier(declaration.name);
    return isReadonly ? declaration.initializer : undefined;
  }
  return compiler.isPropertyAssignment(declaration) ? declaration.initializer : undefined;
}

/** @returns whether a value is an object whose members can be looked at */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOf(
  { compiler, checker }: Reading,
  node: ts.ObjectLiteralExpression,
  inner: (one: ts.Expression) => unknown,
): unknown {
  // Without a prototype: what is called __proto__ is a name like any other.
  const value = Object.create(null) as Record<string, unknown>;
  for (const property of node.properties) {
    if (compiler.isSpreadAssignment(property)) {
      const spread = inner(property.expression);
      if (!isObject(spread)) return NOT_CONSTANT;
      Object.assign(value, spread);
      continue;
    }
    const name = property.name && nameOf(compiler, property.name);
    if (name === undefined) return NOT_CONSTANT;
    if (compiler.isPropertyAssignment(property)) value[name] = inner(property.initializer);
    else if (compiler.isShorthandPropertyAssignment(property)) {
      const symbol = checker.getShorthandAssignmentValueSymbol(property);
      const declared = symbol?.valueDeclaration;
      value[name] =
        declared && compiler.isVariableDeclaration(declared) && declared.initializer
          ? inner(declared.initializer)
          : NOT_CONSTANT;
    } else value[name] = NOT_CONSTANT;
  }
  return value;
}

function arrayOf(
  { compiler }: Reading,
  node: ts.ArrayLiteralExpression,
  inner: (one: ts.Expression) => unknown,
): unknown {
  return node.elements.flatMap(element => {
    if (!compiler.isSpreadElement(element)) return [inner(element)];
    const spread = inner(element.expression);
    return Array.isArray(spread) ? (spread as unknown[]) : [NOT_CONSTANT];
  });
}

function nameOf(compiler: Reading['compiler'], name: ts.PropertyName): string | undefined {
  return compiler.isIdentifier(name) || compiler.isStringLiteralLike(name) || compiler.isNumericLiteral(name)
    ? name.text
    : undefined;
}
