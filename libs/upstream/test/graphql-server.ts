import { createHash } from 'node:crypto';
import { fakeUpstream, type FakeUpstream, type ReceivedRequest, reply } from 'guichet/testing';
import { buildSchema, graphql, GraphQLError } from 'graphql';

export const FILMS_SCHEMA = `
  type Query { film(id: ID!): Film, films(ids: [ID!]!): [Film!]!, tenant: String }
  type Mutation { rate(id: ID!, stars: Int!): Film }
  type Film { id: ID!, title: String!, similar: [Film!], secret: String }
`;

interface Sent {
  readonly query?: string;
  readonly variables?: Record<string, unknown>;
  readonly extensions?: { readonly persistedQuery?: { readonly sha256Hash: string } };
}

/** A real GraphQL service, by the `graphql` package: lists, and documents by their hash, included. */
export async function graphqlServer({ known = new Map<string, string>() } = {}): Promise<FakeUpstream> {
  const schema = buildSchema(FILMS_SCHEMA);
  const film = (id: string): object | null =>
    id === 'gone'
      ? null
      : {
          id,
          title: () => {
            if (id === 'untitled') throw new GraphQLError('it has none', { extensions: { code: 'NOT_FOUND' } });
            return `Film ${id}`;
          },
          similar: () => {
            if (id === 'lonely') throw new GraphQLError('no such', { extensions: { code: 'NOT_FOUND' } });
            return [film(`${id}2`)];
          },
          secret: () => {
            throw new GraphQLError('not yours', { extensions: { code: 'FORBIDDEN' } });
          },
        };
  const rootValue = {
    film: ({ id }: { id: string }) => film(id),
    films: ({ ids }: { ids: string[] }) => ids.map(film),
    rate: ({ id, stars }: { id: string; stars: number }) => {
      if (stars > 5) throw new GraphQLError('at most 5', { extensions: { code: 'BAD_USER_INPUT' } });
      return film(id);
    },
  };
  const execute = async ({ query, variables, extensions }: Sent): Promise<unknown> => {
    const hash = extensions?.persistedQuery?.sha256Hash;
    const source = query ?? known.get(hash ?? '');
    if (source === undefined) {
      return { errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] };
    }
    if (hash !== undefined && hash === createHash('sha256').update(source).digest('hex')) known.set(hash, source);
    return graphql({ schema, source, rootValue, variableValues: variables ?? null });
  };
  return fakeUpstream({
    'POST /graphql': async ({ body }: ReceivedRequest) => {
      const sent = body as Sent | readonly Sent[];
      const result = await (Array.isArray(sent) ? Promise.all(sent.map(execute)) : execute(sent as Sent));
      return reply(200, result, { 'content-type': 'application/graphql-response+json; charset=utf-8' });
    },
  });
}
