import type ts from 'typescript';
import type { Client, Clients } from '../clients/clients.js';
import { textsOf } from '../compiler/constant.js';
import type { Reading } from '../compiler/reading.js';
import type { CallSites } from './call-sites.js';
import { Findings } from './findings.js';
import type { Receivers, Self } from './receivers.js';
import type { Targets } from './targets.js';

/** What walks share: how a program is understood. */
export interface WalkParts {
  readonly reading: Reading;
  readonly clients: Clients;
  readonly callSites: CallSites;
  readonly receivers: Receivers;
  readonly targets: Targets;
}

/** The types of a page's nodes: a reference to one is an edge of its graph, and runs nothing. */
const NODES = ['Section', 'Internal', 'Input', 'Maybe', 'PageNode'];
/** Of a client's base class, what asks nothing by itself. */
const ASKS_NOTHING = ['in', 'runtime', 'context'];

/**
 * Follows code to every call of an upstream that it may make: what it refers to may run, at any depth, through methods, helpers,
 * services, callbacks and implementations of interfaces. That may be more than ever runs, never less; where a reference cannot be
 * followed, it says so.
 * @see docs/decisions/0033-the-map-is-read-from-the-sources.md
 */
export class Walk {
  readonly found = new Findings();
  /** Every piece of code that was entered. */
  readonly entered = new Set<ts.Node>();
  private readonly seen = new Map<ts.Node, Set<Self>>();

  constructor(private readonly parts: WalkParts) {}

  /**
   * Walks code, unless it was walked already with the same `this`.
   * @param node  a function, a method, an accessor, a property, or an expression
   */
  enter(node: ts.Node, self: Self): void {
    const { reading, clients } = this.parts;
    const { compiler } = reading;
    if (!reading.isOwn(node.getSourceFile())) return;
    const selves = this.seen.get(node) ?? new Set<Self>();
    if (selves.has(self)) return;
    this.seen.set(node, selves.add(self));
    this.entered.add(node);
    const client = self && clients.of(self);
    if (client) this.noteEnding(client, node);
    if (compiler.isFunctionLike(node) || compiler.isPropertyDeclaration(node) || compiler.isPropertyAssignment(node)) {
      compiler.forEachChild(node, child => {
        if (child !== (node as ts.NamedDeclaration).name) this.visit(child, self);
      });
    } else this.visit(node, self);
  }

  private noteEnding({ name, service }: Client, member: ts.Node): void {
    const ending = this.parts.clients.endingOf(member);
    if (!ending || service === undefined) return;
    const method = (member as ts.NamedDeclaration).name?.getText() ?? '';
    this.found.addDeprecated({ service, call: `${name}.${method}`, ending });
  }

  private visit(node: ts.Node, self: Self): void {
    const { reading, callSites, targets } = this.parts;
    const { compiler, checker } = reading;
    // Neither types nor decorators run now, nor classes before somebody makes one.
    if (compiler.isTypeNode(node) || compiler.isDecorator(node) || compiler.isClassLike(node)) return;
    if (compiler.isIdentifier(node)) {
      if (this.isReference(node)) this.follow(reading.symbolOf(node), undefined);
      return;
    }
    if (compiler.isShorthandPropertyAssignment(node))
      return this.follow(reading.real(checker.getShorthandAssignmentValueSymbol(node)), undefined);
    if (compiler.isPropertyAccessExpression(node)) {
      this.visit(node.expression, self);
      return this.member(node, node.expression, node.name.text, self);
    }
    if (compiler.isCallExpression(node)) {
      const owner = callSites.asked(node, self, this.found);
      if (owner !== undefined) {
        for (const part of [owner, ...node.arguments]) this.visit(part, self);
        return;
      }
      callSites.check(node, self, this.found);
    } else if (compiler.isNewExpression(node)) {
      for (const target of targets.ofConstruction(node)) this.enter(target.node, target.self);
    } else if (compiler.isElementAccessExpression(node)) this.element(node, self);
    else if (compiler.isBindingElement(node)) this.bound(node, self);
    compiler.forEachChild(node, child => this.visit(child, self));
  }

  private follow(symbol: ts.Symbol | undefined, self: Self): void {
    for (const target of this.parts.targets.of(symbol, self, this.found)) this.enter(target.node, target.self);
  }

  /** A member of something is referred to: what may run is found by the type of what it belongs to. */
  private member(node: ts.Node, owner: ts.Expression, name: string, self: Self): void {
    const { reading, receivers } = this.parts;
    const { compiler, checker } = reading;
    if (reading.framework.is(checker.getTypeAtLocation(node).getSymbol(), 'page', ...NODES)) return;
    const clients = receivers.clientsAt(owner, self);
    for (const client of clients) this.ofClass(client.declaration, name, node);
    if (clients.length > 0) return;
    const isThis = owner.kind === compiler.SyntaxKind.ThisKeyword;
    if (isThis && self && this.ofClass(self, name, node)) return;
    const type = checker.getNonNullableType(checker.getTypeAtLocation(owner));
    const symbol = checker.getPropertyOfType(type, name) ?? reading.symbolOf(node);
    this.follow(reading.real(symbol), receivers.classOf(type));
  }

  /** @returns whether the class has such a member */
  private ofClass(declaration: ts.ClassLikeDeclaration, name: string, node: ts.Node): boolean {
    const { reading, clients, receivers } = this.parts;
    const symbol = declaration.name && reading.symbolOf(declaration.name);
    const property = symbol && reading.checker.getPropertyOfType(reading.checker.getDeclaredTypeOfSymbol(symbol), name);
    if (!property) return false;
    const isMethod = (property.flags & reading.compiler.SymbolFlags.Method) !== 0;
    if (!isMethod || receivers.frameworkBaseOf(property) === undefined || !clients.of(declaration))
      this.follow(property, declaration);
    else if (!ASKS_NOTHING.includes(name))
      this.note(`refers to ${declaration.name.text}.${name} without calling it there`, node);
    return true;
  }

  private element(node: ts.ElementAccessExpression, self: Self): void {
    const { reading, receivers } = this.parts;
    const { compiler, checker } = reading;
    const names = textsOf(reading, node.argumentExpression);
    for (const name of names ?? []) this.member(node, node.expression, name, self);
    if (names) return;
    const [client] = receivers.clientsAt(node.expression, self);
    const declaration = receivers.classOf(checker.getTypeAtLocation(node.expression));
    const isCalled = compiler.isCallExpression(node.parent) && node.parent.expression === node;
    if (client) this.note(`which member of ${client.name} is meant shows when it runs`, node);
    else if (isCalled && declaration && reading.isOwn(declaration.getSourceFile()))
      this.note(`calls a member of ${declaration.name?.text} that shows when it runs`, node, false);
  }

  /** `const { film } = this.catalog` refers to the member as `this.catalog.film` does. */
  private bound(node: ts.BindingElement, self: Self): void {
    const { reading, clients, receivers } = this.parts;
    const { compiler, checker } = reading;
    const name = node.propertyName ?? node.name;
    if (!compiler.isObjectBindingPattern(node.parent) || node.dotDotDotToken) return;
    if (!compiler.isIdentifier(name) && !compiler.isStringLiteralLike(name)) return;
    const type = checker.getTypeAtLocation(node.parent);
    const declaration = receivers.classOf(type);
    if (declaration && clients.of(declaration)) this.ofClass(declaration, name.text, node);
    else this.follow(reading.real(checker.getPropertyOfType(type, name.text)), declaration ?? self);
  }

  private isReference(node: ts.Identifier): boolean {
    const { compiler } = this.parts.reading;
    const { parent } = node;
    if ((parent as ts.NamedDeclaration).name === node && !compiler.isExpression(parent)) return false;
    if (compiler.isFunctionExpression(parent) && parent.name === node) return false;
    return !(compiler.isBindingElement(parent) && parent.propertyName === node);
  }

  private note(what: string, node: ts.Node, isOfClient = true): void {
    this.found.addUnknown({ what, at: this.parts.reading.placeOf(node) }, isOfClient);
  }
}
