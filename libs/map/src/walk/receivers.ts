import type ts from 'typescript';
import type { Client, Clients } from '../clients/clients.js';
import { textsOf } from '../compiler/constant.js';
import type { Reading } from '../compiler/reading.js';
import type { Implementations } from './implementations.js';

/** The class in whose object code runs, as far as it is known: `this` is looked up there. */
export type Self = ts.ClassLikeDeclaration | undefined;

/** Tells whose member is called or referred to: clients of upstreams, axios over an upstream, the framework's base classes. */
export class Receivers {
  constructor(
    private readonly reading: Reading,
    private readonly clients: Clients,
    private readonly implementations: Implementations,
  ) {}

  /** The clients that an expression may be: a class without an upstream's name stands for those that extend it. */
  clientsAt(node: ts.Expression, self: Self): readonly Client[] {
    const { reading, clients, implementations } = this;
    const { compiler, checker } = reading;
    const isOwn = node.kind === compiler.SyntaxKind.ThisKeyword || node.kind === compiler.SyntaxKind.SuperKeyword;
    if (isOwn) {
      const own = self && clients.of(self);
      return own ? [own] : [];
    }
    // What a client is said to be, by `as`, it is not.
    const type = checker.getNonNullableType(checker.getTypeAtLocation(reading.bare(node)));
    const types = type.isUnion() ? type.types : [type];
    return types.flatMap(one => {
      const declaration = this.classOf(one);
      const client = declaration && clients.of(declaration);
      if (!client) return [];
      if (client.service !== undefined) return [client];
      const concrete = implementations.extending(client.declaration).flatMap(other => clients.of(other) ?? []);
      return concrete.some(({ service }) => service !== undefined)
        ? concrete.filter(({ service }) => service !== undefined)
        : [client];
    });
  }

  /** The class of an instance's type; of a type parameter, that of its bound. */
  classOf(type: ts.Type): ts.ClassLikeDeclaration | undefined {
    const { compiler, checker } = this.reading;
    const known = type.isTypeParameter() ? (checker.getBaseConstraintOfType(type) ?? type) : type;
    const declaration = known.getSymbol()?.valueDeclaration;
    return declaration && compiler.isClassLike(declaration) ? declaration : undefined;
  }

  /** The framework's class that declares a member, where that is an upstream's base class. */
  frameworkBaseOf(symbol: ts.Symbol | undefined): string | undefined {
    const { reading } = this;
    const owner = symbol?.valueDeclaration?.parent;
    if (!owner || !reading.compiler.isClassLike(owner) || !reading.framework.owns(owner.getSourceFile().fileName))
      return undefined;
    return this.isUpstreamBase(owner) ? owner.name?.text : undefined;
  }

  private isUpstreamBase(owner: ts.ClassLikeDeclaration): boolean {
    const { reading, clients } = this;
    const symbol = owner.name && reading.symbolOf(owner.name);
    return reading.framework.is(symbol, 'upstream', 'UpstreamClient') || clients.of(owner) !== undefined;
  }

  isAxios(node: ts.Expression): boolean {
    const { reading } = this;
    return reading.framework.is(reading.checker.getTypeAtLocation(node).getSymbol(), 'upstream', 'UpstreamHttpService');
  }

  axiosServices(
    node: ts.Expression,
    self: Self,
  ): readonly { readonly service: string; readonly client: Client | undefined }[] {
    const { reading } = this;
    const { compiler } = reading;
    // `http.in(context)` is the same service.
    if (compiler.isCallExpression(node) && compiler.isPropertyAccessExpression(node.expression))
      return this.axiosServices(node.expression.expression, self);
    const declaration = reading.symbolOf(node)?.valueDeclaration;
    const [injected] = declaration ? reading.decorators(declaration, 'upstream', 'InjectUpstreamHttp') : [];
    if (injected?.arguments[0])
      return (textsOf(reading, injected.arguments[0]) ?? []).map(service => ({ service, client: undefined }));
    if (!compiler.isPropertyAccessExpression(node)) return [];
    return this.clientsAt(node.expression, self).flatMap(client =>
      client.service === undefined ? [] : [{ service: client.service, client }],
    );
  }
}
