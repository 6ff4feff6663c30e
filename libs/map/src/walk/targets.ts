import type ts from 'typescript';
import type { Clients } from '../clients/clients.js';
import type { Reading } from '../compiler/reading.js';
import type { Findings } from './findings.js';
import type { Implementations } from './implementations.js';
import type { Self } from './receivers.js';

/** Code that a reference may lead to. */
export interface Target {
  readonly node: ts.Node;
  readonly self: Self;
}

/** Finds the code that a name or a member stands for: bodies, initializers, implementations. */
export class Targets {
  constructor(
    private readonly reading: Reading,
    private readonly clients: Clients,
    private readonly implementations: Implementations,
  ) {}

  /**
   * @param self   the class in whose object a member is looked up
   * @param found  gets what has no code that could be found
   */
  of(symbol: ts.Symbol | undefined, self: Self, found: Findings): readonly Target[] {
    return (symbol?.declarations ?? [])
      .filter(declaration => this.reading.isOwn(declaration.getSourceFile()))
      .flatMap(declaration => this.ofDeclaration(declaration, self, found));
  }

  /** What `new` runs: the constructor, and what properties begin with. */
  ofConstruction(node: ts.NewExpression): readonly Target[] {
    const { compiler } = this.reading;
    const self = this.reading.symbolOf(node.expression)?.valueDeclaration;
    if (!self || !compiler.isClassLike(self)) return [];
    return self.members
      .filter(member => compiler.isConstructorDeclaration(member) || compiler.isPropertyDeclaration(member))
      .map(member => ({ node: member, self }));
  }

  private ofDeclaration(declaration: ts.Declaration, self: Self, found: Findings): readonly Target[] {
    const { compiler, checker } = this.reading;
    if (compiler.isVariableDeclaration(declaration)) return this.begunBy(declaration);
    if (compiler.isBindingElement(declaration))
      return this.begunBy(compiler.findAncestor(declaration, compiler.isVariableDeclaration));
    if (compiler.isPropertyAssignment(declaration)) return this.begunBy(declaration);
    if (compiler.isShorthandPropertyAssignment(declaration))
      return this.of(this.reading.real(checker.getShorthandAssignmentValueSymbol(declaration)), undefined, found);
    if (compiler.isPropertyDeclaration(declaration)) {
      const owner = self ?? this.classAround(declaration);
      return [
        { node: declaration, self: owner },
        ...(declaration.initializer ? [] : this.assigned(declaration, owner)),
      ];
    }
    if (compiler.isParameter(declaration)) {
      this.noteInjected(declaration, found);
      return [];
    }
    if (compiler.isMethodSignature(declaration) || compiler.isPropertySignature(declaration))
      return this.implemented(declaration, found);
    if (!compiler.isFunctionLike(declaration)) return [];
    if (!('body' in declaration) || !declaration.body)
      return compiler.isMethodDeclaration(declaration) && isAbstract(compiler, declaration)
        ? this.implemented(declaration, found)
        : [];
    return [{ node: declaration, self: self ?? this.classAround(declaration) }, ...this.overriding(declaration, self)];
  }

  private begunBy(declaration: ts.VariableDeclaration | ts.PropertyAssignment | undefined): readonly Target[] {
    return declaration?.initializer ? [{ node: declaration.initializer, self: this.classAround(declaration) }] : [];
  }

  /** In the place of an injected object another may stand: of a class that extends its class. */
  private overriding(declaration: ts.NamedDeclaration, self: Self): readonly Target[] {
    const name = declaration.name?.getText();
    if (!self || name === undefined || this.clients.of(self)) return [];
    return this.implementations.extending(self).flatMap(subclass => {
      const own = subclass.members.find(member => member.name?.getText() === name);
      return own ? [{ node: own, self: subclass }] : [];
    });
  }

  private implemented(
    declaration: ts.MethodSignature | ts.PropertySignature | ts.MethodDeclaration,
    found: Findings,
  ): readonly Target[] {
    const { compiler, checker } = this.reading;
    // What merely holds data has nothing that runs; what a type without a name holds comes from who is called with it.
    const runs = checker.getTypeAtLocation(declaration).getCallSignatures().length > 0;
    if (!runs || compiler.isTypeLiteralNode(declaration.parent)) return [];
    const implementations = this.implementations.of(declaration);
    if (implementations.length === 0) {
      const owner = (declaration.parent as ts.NamedDeclaration).name?.getText() ?? 'an object';
      const what = `calls ${owner}.${declaration.name.getText()}, of which no implementation was found`;
      found.addUnknown({ what, at: this.reading.placeOf(declaration) }, false);
    }
    return implementations.map(({ node, owner }) => ({ node, self: owner }));
  }

  /** What a constructor assigns to a property that is declared without a value. */
  private assigned({ parent, name }: ts.PropertyDeclaration, self: Self): readonly Target[] {
    const { compiler } = this.reading;
    const targets: Target[] = [];
    const look = (node: ts.Node): void => {
      if (
        compiler.isBinaryExpression(node) &&
        node.operatorToken.kind === compiler.SyntaxKind.EqualsToken &&
        compiler.isPropertyAccessExpression(node.left) &&
        node.left.expression.kind === compiler.SyntaxKind.ThisKeyword &&
        node.left.name.text === name.getText()
      )
        targets.push({ node: node.right, self });
      compiler.forEachChild(node, look);
    };
    for (const member of parent.members) if (compiler.isConstructorDeclaration(member)) look(member);
    return targets;
  }

  /** Which function Nest injects is for the modules to say. */
  private noteInjected(declaration: ts.ParameterDeclaration, found: Findings): void {
    const { compiler, checker } = this.reading;
    if (!compiler.getDecorators(declaration)?.length) return;
    if (checker.getTypeAtLocation(declaration).getCallSignatures().length === 0) return;
    const what = `calls ${declaration.name.getText()}, a function that is injected`;
    found.addUnknown({ what, at: this.reading.placeOf(declaration) }, false);
  }

  private classAround(node: ts.Node): Self {
    const { compiler } = this.reading;
    return compiler.findAncestor(node.parent, compiler.isClassLike);
  }
}

function isAbstract(compiler: Reading['compiler'], declaration: ts.Declaration): boolean {
  return (compiler.getCombinedModifierFlags(declaration) & compiler.ModifierFlags.Abstract) !== 0;
}
