import { readFileSync } from 'node:fs';
import type { GraphQLSchema } from 'graphql';
import type { BootProblems } from 'guichet/kernel';
import { canLoad, loadPackage } from '../optional-package.js';
import type { GraphqlServiceOptions } from './graphql-service.js';

/** Notes what is wrong with the documents of a client class, by themselves and against the schema where one is given. */
export function checkDocuments(
  client: string,
  { documents, schema }: GraphqlServiceOptions,
  problems: BootProblems,
): void {
  const names = new Set<string>();
  const sound = documents.filter(({ mistake, operation, text }) => {
    const wrong = mistake ?? (names.has(operation.name) ? 'has the name of another' : undefined);
    names.add(operation.name);
    if (wrong === undefined) return true;
    const begin = text.trim().replaceAll(/\s+/g, ' ').slice(0, 60);
    problems.add({
      where: client,
      path: '@GraphqlService documents',
      message: `a document ${wrong}: ${begin}`,
      mend: 'write one query or mutation in each, with a name of its own',
    });
    return false;
  });
  if (schema === undefined || !canLoad(client, ['graphql'], problems)) return;
  const { parse, validate } = loadPackage<typeof import('graphql')>('graphql');
  const built = schemaOf(client, schema, problems);
  if (built === undefined) return;
  for (const { text, operation } of sound) {
    for (const message of messagesOf(() => validate(built, parse(text)))) {
      problems.add({
        where: client,
        path: `@GraphqlService documents.${operation.name}`,
        message,
        mend: 'change the document, or the schema if it is not the service’s',
      });
    }
  }
}

function schemaOf(
  client: string,
  files: NonNullable<GraphqlServiceOptions['schema']>,
  problems: BootProblems,
): GraphQLSchema | undefined {
  const { buildSchema } = loadPackage<typeof import('graphql')>('graphql');
  try {
    return buildSchema(
      [files]
        .flat()
        .map(file => readFileSync(file, 'utf8'))
        .join('\n'),
    );
  } catch (error) {
    problems.add({
      where: client,
      path: '@GraphqlService schema',
      message: `cannot be read: ${(error as Error).message}`,
      mend: 'name files in GraphQL’s schema language that are there, also where the app is built',
    });
    return undefined;
  }
}

function messagesOf(errors: () => readonly Error[]): string[] {
  try {
    return errors().map(({ message }) => message);
  } catch (error) {
    return [(error as Error).message];
  }
}
