import type ts from 'typescript';
import type { Reading } from '../compiler/reading.js';
import type { Unknown } from '../model.js';
import type { FoundApp } from './found-app.js';

/** The classes that the modules of an app list as controllers. */
export interface ServedClasses {
  /** Undefined where a list is made as the code runs: any class may be in it. */
  readonly classes: ReadonlySet<ts.Declaration> | undefined;
  readonly unknown: readonly Unknown[];
}

/** Reads the `controllers` of an app's modules, through constants, spreads and conditions. */
export function servedClasses(reading: Reading, { files }: FoundApp): ServedClasses {
  const { compiler } = reading;
  const classes = new Set<ts.Declaration>();
  const unknown: Unknown[] = [];
  const list = (node: ts.Expression): void => {
    const expression = reading.bare(node);
    if (compiler.isArrayLiteralExpression(expression)) {
      for (const element of expression.elements) list(compiler.isSpreadElement(element) ? element.expression : element);
      return;
    }
    if (compiler.isConditionalExpression(expression)) {
      list(expression.whenTrue);
      list(expression.whenFalse);
      return;
    }
    const declaration = reading.symbolOf(expression)?.valueDeclaration;
    if (declaration && compiler.isClassLike(declaration)) classes.add(declaration);
    else if (declaration && compiler.isVariableDeclaration(declaration) && declaration.initializer)
      list(declaration.initializer);
    else {
      const what = `which controllers ${expression.getText().replace(/\s+/g, ' ')} stands for shows when it runs`;
      unknown.push({ what, at: reading.placeOf(expression) });
    }
  };
  const look = (node: ts.Node): void => {
    if (compiler.isPropertyAssignment(node) && node.name.getText() === 'controllers') list(node.initializer);
    compiler.forEachChild(node, look);
  };
  for (const file of files) look(file);
  return { classes: unknown.length === 0 ? classes : undefined, unknown };
}
