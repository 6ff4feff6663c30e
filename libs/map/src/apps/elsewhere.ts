import type ts from 'typescript';
import type { MappedCode } from '../model.js';
import { Walk, type WalkParts } from '../walk/walk.js';
import type { FoundApp } from './found-app.js';

/**
 * Finds code outside of an app's pages that calls upstreams: guards, ordinary controllers, jobs, a page's `view`.
 * @param entered  what the pages' sections reach: it is theirs
 */
export function readElsewhere(parts: WalkParts, app: FoundApp, entered: ReadonlySet<ts.Node>): readonly MappedCode[] {
  const { reading } = parts;
  const reached = new Set<ts.Node>();
  const found = pieces(parts, app)
    .filter(({ node }) => !entered.has(node))
    .map(({ name, node, owner }) => {
      const walk = new Walk(parts);
      walk.enter(node, owner);
      for (const other of walk.entered) if (other !== node) reached.add(other);
      return { node, code: { name, at: reading.placeOf(node), ...walk.found.uses(true) } };
    });
  return found
    .filter(({ node }) => !reached.has(node))
    .map(({ code }) => code)
    .filter(({ calls, unknown }) => calls.length > 0 || unknown.length > 0);
}

interface Piece {
  readonly name: string;
  readonly node: ts.Node;
  readonly owner: ts.ClassDeclaration | undefined;
}

function pieces({ reading, clients }: WalkParts, { files }: FoundApp): readonly Piece[] {
  const { compiler } = reading;
  return files.flatMap(file =>
    file.statements.flatMap((statement): readonly Piece[] => {
      if (compiler.isClassDeclaration(statement)) {
        const owner = statement;
        if (clients.of(owner)) return [];
        return owner.members
          .filter(member => !isSection(member))
          .map(node => ({ name: `${owner.name?.text ?? '(class)'}.${nameOf(node)}`, node, owner }));
      }
      if (compiler.isFunctionDeclaration(statement))
        return [{ name: statement.name?.text ?? '(function)', node: statement, owner: undefined }];
      if (compiler.isVariableStatement(statement))
        return statement.declarationList.declarations.flatMap(({ name, initializer }) =>
          initializer ? [{ name: name.getText(), node: initializer, owner: undefined }] : [],
        );
      return compiler.isExpressionStatement(statement)
        ? [{ name: reading.pathOf(file.fileName), node: statement.expression, owner: undefined }]
        : [];
    }),
  );

  function isSection(member: ts.ClassElement): boolean {
    const type = compiler.isPropertyDeclaration(member) && reading.checker.getTypeAtLocation(member);
    return type !== false && reading.framework.is(type.getSymbol(), 'page', 'Section', 'Internal');
  }
}

function nameOf(member: ts.ClassElement): string {
  return member.name?.getText() ?? 'constructor';
}
