import type ts from 'typescript';
import type { Reading } from '../compiler/reading.js';

/** A member that has code. */
export interface Implementation {
  readonly node: ts.Node;
  /** The class it belongs to; undefined: an object's. */
  readonly owner: ts.ClassLikeDeclaration | undefined;
}

/**
 * Finds what may run where a declaration has no code of its own, or another class may have code in its place: members of classes
 * that extend or implement it, and of classes and objects whose type fits an interface.
 */
export class Implementations {
  private readonly members = new Map<string, Implementation[]>();
  private readonly subclasses = new Map<ts.Symbol, ts.ClassLikeDeclaration[]>();

  /** @param files  where implementations may stand: the sources of an app */
  constructor(
    private readonly reading: Reading,
    files: readonly ts.SourceFile[],
  ) {
    for (const file of files) this.note(file);
  }

  /** @returns the classes that extend a class, at any distance */
  extending(declaration: ts.ClassLikeDeclaration): readonly ts.ClassLikeDeclaration[] {
    const symbol = declaration.name && this.reading.symbolOf(declaration.name);
    const direct = (symbol && this.subclasses.get(symbol)) ?? [];
    return direct.flatMap(subclass => [subclass, ...this.extending(subclass)]);
  }

  /** @returns what has code for a member of an interface or an abstract class */
  of(declaration: ts.Declaration): readonly Implementation[] {
    const { checker } = this.reading;
    const name = (declaration as ts.NamedDeclaration).name?.getText();
    const owner = this.reading.symbolOf((declaration.parent as ts.NamedDeclaration).name ?? declaration.parent);
    if (name === undefined || owner === undefined) return [];
    const wanted = checker.getDeclaredTypeOfSymbol(owner);
    return (this.members.get(name) ?? []).filter(
      ({ node, owner: type }) =>
        node !== declaration &&
        ((type && this.inherits(type, owner)) || checker.isTypeAssignableTo(this.typeOfOwner(node, type), wanted)),
    );
  }

  private inherits(declaration: ts.ClassLikeDeclaration, wanted: ts.Symbol): boolean {
    return (declaration.heritageClauses ?? [])
      .flatMap(({ types }) => types)
      .some(({ expression }) => {
        const base = this.reading.symbolOf(expression);
        if (base === wanted) return true;
        return (base?.declarations ?? []).some(
          other => this.reading.compiler.isClassLike(other) && this.inherits(other, wanted),
        );
      });
  }

  private typeOfOwner(node: ts.Node, owner: ts.ClassLikeDeclaration | undefined): ts.Type {
    const { checker } = this.reading;
    const symbol = owner?.name && this.reading.symbolOf(owner.name);
    return symbol ? checker.getDeclaredTypeOfSymbol(symbol) : checker.getTypeAtLocation(node.parent);
  }

  private note(node: ts.Node): void {
    const { compiler } = this.reading;
    if (compiler.isClassLike(node)) {
      for (const { types } of node.heritageClauses ?? [])
        for (const { expression } of types) this.noteSubclass(this.reading.symbolOf(expression), node);
      for (const member of node.members) this.noteMember(member, node);
    }
    if (compiler.isObjectLiteralExpression(node))
      for (const property of node.properties) this.noteMember(property, undefined);
    compiler.forEachChild(node, child => this.note(child));
  }

  private noteSubclass(base: ts.Symbol | undefined, subclass: ts.ClassLikeDeclaration): void {
    if (base === undefined) return;
    const known = this.subclasses.get(base) ?? [];
    this.subclasses.set(base, [...known, subclass]);
  }

  private noteMember(member: ts.NamedDeclaration, owner: ts.ClassLikeDeclaration | undefined): void {
    const { compiler } = this.reading;
    const hasCode =
      ((compiler.isMethodDeclaration(member) || compiler.isAccessor(member)) && member.body !== undefined) ||
      ((compiler.isPropertyDeclaration(member) || compiler.isPropertyAssignment(member)) && member.initializer);
    if (!hasCode || !member.name) return;
    const name = member.name.getText();
    this.members.set(name, [...(this.members.get(name) ?? []), { node: member, owner }]);
  }
}
