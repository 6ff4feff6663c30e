import type ts from 'typescript';
import type { ClientCalls } from '../clients/client-calls.js';
import type { Reading } from '../compiler/reading.js';
import type { Findings } from './findings.js';
import type { Receivers, Self } from './receivers.js';

/** Of axios' own, through an upstream's stack. */
const AXIOS_METHODS = ['get', 'delete', 'head', 'post', 'put', 'patch'];
/** What of the framework leads to upstreams past their clients. */
const BEHIND_CLIENTS = ['UpstreamRegistry', 'UpstreamRuntime'];

/** Tells what a call expression asks of an upstream, and where one cannot be followed. */
export class CallSites {
  constructor(
    private readonly reading: Reading,
    private readonly receivers: Receivers,
    private readonly calls: ClientCalls,
  ) {}

  /**
   * Notes what is asked where a client's base class, or axios over an upstream, is called.
   * @returns the client's expression; undefined where it is no such call
   */
  asked(node: ts.CallExpression, self: Self, found: Findings): ts.Expression | undefined {
    const { reading, receivers } = this;
    const callee = reading.bare(node.expression);
    if (!reading.compiler.isPropertyAccessExpression(callee)) return undefined;
    const owner = callee.expression;
    if (receivers.isAxios(owner)) {
      this.byAxios(node, owner, callee.name.text, self, found);
      return owner;
    }
    const base = receivers.frameworkBaseOf(reading.symbolOf(callee.name));
    if (base === undefined) return undefined;
    this.byClient(node, owner, base, callee.name.text, self, found);
    return owner;
  }

  /** Notes where a call leads to code that is not here. */
  check(node: ts.CallExpression, self: Self, found: Findings): void {
    const { reading } = this;
    const { compiler, checker } = reading;
    const callee = reading.bare(node.expression);
    if (callee.kind === compiler.SyntaxKind.SuperKeyword || callee.kind === compiler.SyntaxKind.ImportKeyword) return;
    const name = shortened(callee.getText());
    const note = (what: string, isOfClient: boolean): void =>
      found.addUnknown({ what, at: reading.placeOf(node) }, isOfClient);
    const type = checker.getTypeAtLocation(callee);
    if (type.flags & compiler.TypeFlags.Any && type.getSymbol() === undefined)
      return note(`calls ${name}, which the compiler knows nothing of`, false);
    const declaration = checker.getResolvedSignature(node)?.declaration;
    const file = declaration?.getSourceFile();
    if (file && reading.isOwn(file)) return;
    if (file && reading.framework.owns(file.fileName)) {
      const owner = (declaration!.parent as ts.NamedDeclaration).name;
      if (owner && reading.framework.is(reading.symbolOf(owner), 'upstream', ...BEHIND_CLIENTS))
        note(`calls ${name}, which leads to upstreams past their clients`, true);
      return;
    }
    if (file && reading.mayCallUpstreams(file))
      return note(`calls ${name}, of which only the types are here: ${reading.pathOf(file.fileName)}`, true);
    for (const argument of node.arguments) {
      const [client] = this.receivers.clientsAt(argument, self);
      if (client) note(`hands ${client.name} to ${name}, whose code is not here`, true);
    }
  }

  private byClient(
    node: ts.CallExpression,
    owner: ts.Expression,
    base: string,
    method: string,
    self: Self,
    found: Findings,
  ): void {
    const { reading, calls } = this;
    const at = reading.placeOf(node);
    for (const { name, service, declaration, ending } of this.receivers.clientsAt(owner, self)) {
      if (service === undefined) {
        found.addUnknown({ what: `calls the upstream of ${name}, whose name is not known here`, at }, true);
        continue;
      }
      const names = calls.names({ client: declaration, base, method, args: [...node.arguments] });
      if (names === undefined) {
        found.addUnknown({ what: `a call of ${service}: what ${name} asks is made as the code runs`, at }, true);
      }
      const client = `${name}.${this.memberAround(node)}`;
      for (const call of names ?? []) found.addCall({ service, call, client, at });
      if (ending && names?.length !== 0) found.addDeprecated({ service, ending });
    }
  }

  private byAxios(node: ts.CallExpression, owner: ts.Expression, method: string, self: Self, found: Findings): void {
    if (method === 'in') return;
    const at = this.reading.placeOf(node);
    const services = this.receivers.axiosServices(owner, self);
    if (services.length === 0) {
      found.addUnknown({ what: 'a call by axios of an upstream whose name is not known here', at }, true);
    }
    for (const { service, client } of services) {
      if (AXIOS_METHODS.includes(method)) {
        const call = `${method.toUpperCase()} (axios)`;
        found.addCall({ service, call, ...(client && { client: client.name }), at });
      } else found.addUnknown({ what: `a call by axios of ${service}: .${method}(…)`, at }, true);
      if (client?.ending) found.addDeprecated({ service, ending: client.ending });
    }
  }

  private memberAround(node: ts.Node): string {
    const { compiler } = this.reading;
    return compiler.findAncestor(node, compiler.isClassElement)?.name?.getText() ?? 'constructor';
  }
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
