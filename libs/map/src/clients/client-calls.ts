import type ts from 'typescript';
import { constantOf, initializerOf, isObject, textsOf } from '../compiler/constant.js';
import type { Reading } from '../compiler/reading.js';
import type { Clients } from './clients.js';

/** How a call is named; undefined where its name only shows when the code runs. */
type Names = readonly string[] | undefined;

/** Where a call stands: which client makes it, and what it hands to the base class's method. */
export interface CallSite {
  readonly client: ts.ClassLikeDeclaration;
  /** The base class that declares the method: `HttpUpstream`. */
  readonly base: string;
  readonly method: string;
  readonly args: readonly ts.Expression[];
}

/** What every client has, that makes no call by itself: `one` and `maybe` call through a batch, whose own calls are found. */
const OWN = ['in', 'one', 'maybe', 'runtime', 'context'];
const OPERATION = /\b(?:query|mutation)\s+([A-Za-z_]\w*)/;

/** Names calls as traces and metrics do: method and template. */
export class ClientCalls {
  constructor(
    private readonly reading: Reading,
    private readonly clients: Clients,
  ) {}

  /** @returns the names that a call may have: several where its path is one of several; none for what is no call */
  names(site: CallSite): Names {
    if (OWN.includes(site.method)) return [];
    switch (site.base) {
      case 'HttpUpstream':
      case 'XmlUpstream':
        return this.byFirstText(site, site.method.toUpperCase());
      case 'GrpcUpstream':
        return this.ofGrpc(site);
      case 'GraphqlUpstream':
        return this.ofGraphql(site);
      case 'NatsUpstream':
      case 'MicroserviceUpstream':
        return this.byFirstText(site, 'REQUEST');
      default:
        return this.byFirstText(site, site.method.toUpperCase());
    }
  }

  private byFirstText({ args: [first] }: CallSite, method: string): Names {
    return (first && textsOf(this.reading, first))?.map(text => `${method} ${text}`);
  }

  private ofGrpc({ client, method, args: [first] }: CallSite): Names {
    const service = this.decoratorArgument(client, 'GrpcService', 0);
    const called = first && textsOf(this.reading, first);
    if (typeof service !== 'string') return undefined;
    return called?.map(name => `${method === 'unary' ? 'UNARY' : 'STREAM'} ${service}/${name}`);
  }

  private ofGraphql({ client, args: [document] }: CallSite): Names {
    const options = this.decoratorArgument(client, 'GraphqlService', 0);
    const path = isObject(options) ? (options['path'] ?? '/graphql') : undefined;
    const operation = document && OPERATION.exec(this.documentText(document) ?? '')?.[1];
    return typeof path === 'string' && operation ? [`POST ${path}#${operation}`] : undefined;
  }

  /** The text of a document: of what `graphqlDocument` is given, or of a template that a tag takes. */
  private documentText(node: ts.Expression): string | undefined {
    const { compiler } = this.reading;
    const declared = initializerOf(this.reading, node) ?? node;
    if (compiler.isTaggedTemplateExpression(declared)) return declared.template.getText();
    if (!compiler.isCallExpression(declared) || !declared.arguments[0]) return undefined;
    const [source] = declared.arguments;
    const text = constantOf(this.reading, source);
    if (typeof text === 'string') return text;
    const tagged = initializerOf(this.reading, source) ?? source;
    return compiler.isTaggedTemplateExpression(tagged) ? tagged.template.getText() : undefined;
  }

  private decoratorArgument(client: ts.ClassLikeDeclaration, name: string, index: number): unknown {
    for (let type: ts.ClassLikeDeclaration | undefined = client; type; type = this.clients.baseOf(type)) {
      const argument = this.reading.decorators(type, 'upstream', name)[0]?.arguments[index];
      if (argument) return constantOf(this.reading, argument);
    }
    return undefined;
  }
}
