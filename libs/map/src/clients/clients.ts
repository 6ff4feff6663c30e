import type ts from 'typescript';
import { callEnding } from '../ending.js';
import { constantOf } from '../compiler/constant.js';
import type { Reading } from '../compiler/reading.js';
import type { Ending, Unknown } from '../model.js';

/** A class of upstream clients. */
export interface Client {
  readonly name: string;
  readonly declaration: ts.ClassLikeDeclaration;
  /** The upstream's name; undefined where its `@Upstream` cannot be read, or it is a base of others and has none. */
  readonly service: string | undefined;
  /** That the whole upstream ends. */
  readonly ending: Ending | undefined;
}

/** The client classes of a program. */
export class Clients {
  /** What of their declarations could not be read. */
  readonly unknown: Unknown[] = [];
  private readonly known = new Map<ts.ClassLikeDeclaration, Client | undefined>();

  /** @param at  the instant the map is for, milliseconds since 1970-01-01 UTC */
  constructor(
    private readonly reading: Reading,
    private readonly at: number,
  ) {}

  /** @returns the client that a class is; undefined if it is none */
  of(declaration: ts.ClassLikeDeclaration): Client | undefined {
    if (!this.known.has(declaration)) this.known.set(declaration, this.read(declaration));
    return this.known.get(declaration);
  }

  /** @returns what a member of a client class says of its end */
  endingOf(member: ts.Node): Ending | undefined {
    const [decorator] = this.reading.decorators(member, 'upstream', 'Deprecated');
    return decorator && this.endingIn(decorator);
  }

  /** @returns the class that a class extends, where it is one */
  baseOf(declaration: ts.ClassLikeDeclaration): ts.ClassLikeDeclaration | undefined {
    const { compiler } = this.reading;
    const clause = declaration.heritageClauses?.find(({ token }) => token === compiler.SyntaxKind.ExtendsKeyword);
    const base = clause?.types[0] && this.reading.symbolOf(clause.types[0].expression)?.valueDeclaration;
    return base && compiler.isClassLike(base) ? base : undefined;
  }

  private read(declaration: ts.ClassLikeDeclaration): Client | undefined {
    if (!this.extendsClient(declaration)) return undefined;
    const { reading } = this;
    const name = declaration.name?.text ?? '(a class without a name)';
    const upstream = this.inherited(declaration, 'Upstream');
    const service = upstream?.arguments[0] && constantOf(reading, upstream.arguments[0]);
    if (upstream && typeof service !== 'string')
      this.unknown.push({ what: `the upstream of ${name}: its name is no constant`, at: reading.placeOf(upstream) });
    const deprecated = this.inherited(declaration, 'Deprecated');
    return {
      name,
      declaration,
      service: typeof service === 'string' ? service : undefined,
      ending: deprecated && this.endingIn(deprecated),
    };
  }

  private endingIn(decorator: ts.CallExpression): Ending | undefined {
    const [options] = decorator.arguments;
    const { ending, mistake } = callEnding(options && constantOf(this.reading, options), this.at);
    if (mistake !== undefined) this.note(mistake, decorator);
    return ending;
  }

  private note(what: string, node: ts.Node): void {
    const at = this.reading.placeOf(node);
    if (!this.unknown.some(other => other.what === what && other.at === at)) this.unknown.push({ what, at });
  }

  /** A decorator of a class, or of the nearest class that it extends. */
  private inherited(declaration: ts.ClassLikeDeclaration, name: string): ts.CallExpression | undefined {
    for (let type: ts.ClassLikeDeclaration | undefined = declaration; type; type = this.baseOf(type)) {
      const [decorator] = this.reading.decorators(type, 'upstream', name);
      if (decorator) return decorator;
    }
    return undefined;
  }

  private extendsClient(declaration: ts.ClassLikeDeclaration): boolean {
    for (let type = this.baseOf(declaration); type; type = this.baseOf(type)) {
      const symbol = type.name && this.reading.symbolOf(type.name);
      if (this.reading.framework.is(symbol, 'upstream', 'UpstreamClient')) return true;
    }
    return false;
  }
}
