import { readFileSync } from 'node:fs';
import {
  assertValidSchema,
  buildSchema,
  type DocumentNode,
  execute,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql';
import { Refusal } from '../http/refusal.js';
import { Reply, type Route } from '../http/route.js';

const MEDIA_TYPE = 'application/graphql-response+json';
/** Most tokens of a document: far more than any needs here, far less than would take long. */
const MAX_TOKENS = 500;
/** Documents that were checked already: an app sends the same few again and again. */
const KEPT_DOCUMENTS = 100;

/**
 * The endpoint of a GraphQL service, as GraphQL over HTTP has it: `POST /graphql`, one operation a request.
 * @param file  the schema in GraphQL's own language; read and checked at once
 * @param root  resolvers of the root's fields
 * @throws Error  when the schema is none
 * @see https://graphql.github.io/graphql-over-http/draft/
 */
export function graphqlRoute(file: URL, root: object): Route {
  const schema = buildSchema(readFileSync(file, 'utf8'));
  assertValidSchema(schema);
  const documents = new Documents(schema);
  return {
    method: 'POST',
    pattern: '/graphql',
    handle: async ({ headers, body }) => {
      const { query, variables, operationName } = readRequest(body);
      // Who does not know the media type is answered as before there was one: everything is well by HTTP.
      const isKnown = headers.accept?.includes(MEDIA_TYPE) ?? false;
      const reply = (status: number, result: ExecutionResult): Reply =>
        new Reply(isKnown ? status : 200, masked(result), {
          'Content-Type': isKnown ? MEDIA_TYPE : 'application/json',
        });
      const document = documents.checked(query);
      if (!('kind' in document)) return reply(400, { errors: document });
      const result = await execute({ schema, document, rootValue: root, variableValues: variables, operationName });
      return reply('data' in result ? 200 : 400, result);
    },
  };
}

interface GraphqlRequest {
  readonly query: string;
  readonly variables?: Record<string, unknown> | null;
  readonly operationName?: string | null;
}

function readRequest(body: unknown): GraphqlRequest {
  const given = Object(body) as Partial<GraphqlRequest>;
  if (typeof given.query !== 'string') throw new Refusal(400, 'invalid-request', 'query is a GraphQL document.');
  return given as GraphqlRequest;
}

class Documents {
  private readonly known = new Map<string, DocumentNode>();

  constructor(private readonly schema: GraphQLSchema) {}

  /** @returns the document, or what is wrong with it */
  checked(text: string): DocumentNode | readonly GraphQLError[] {
    const known = this.known.get(text);
    if (known) return known;
    try {
      const document = parse(text, { maxTokens: MAX_TOKENS });
      const errors = validate(this.schema, document);
      if (errors.length > 0) return errors;
      if (this.known.size < KEPT_DOCUMENTS) this.known.set(text, document);
      return document;
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  }
}

/** What a resolver threw that was not meant to be told is a bug: it is logged, and not told. */
function masked({ errors, ...result }: ExecutionResult): ExecutionResult {
  if (!errors) return result;
  return { ...result, errors: errors.map(maskedError) };
}

function maskedError(error: GraphQLError): GraphQLError {
  const { originalError, nodes = null, path } = error;
  if (!originalError || originalError instanceof GraphQLError) return error;
  console.error(originalError);
  const extensions = { code: 'INTERNAL_SERVER_ERROR' };
  return new GraphQLError('The service has a bug.', { nodes, path: path ?? null, extensions });
}
