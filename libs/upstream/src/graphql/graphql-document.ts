import { createHash } from 'node:crypto';
import { type GraphqlOperation, operationOf } from './operation.js';

/** How generators write documents: as a string with types, or parsed with its source. */
export interface GeneratedDocument<D, V> {
  /** Never there: it has the types. */
  readonly __apiType?: ((variables: V) => D) | undefined;
  readonly loc?: { readonly source: { readonly body: string } } | undefined;
  toString(): string;
}

/** A GraphQL document: one named query or mutation, with the fragments it uses. */
export class GraphqlDocument<D, V> {
  /** Never there: has the types of what it yields and of its variables. */
  declare readonly types: (variables: V) => D;
  /** What is wrong with it, for the boot to tell; undefined where nothing is. */
  readonly mistake: string | undefined;
  /** SHA-256 of the text, in hexadecimal: by it an upstream knows it again. */
  readonly hash: string;
  readonly operation: GraphqlOperation;

  constructor(readonly text: string) {
    this.hash = createHash('sha256').update(text).digest('hex');
    let operation: GraphqlOperation = { kind: 'mutation', name: 'unknown' };
    let mistake: string | undefined;
    try {
      operation = operationOf(text);
    } catch (error) {
      mistake = (error as Error).message;
    }
    this.operation = operation;
    this.mistake = mistake;
  }
}

/**
 * Makes a document for a `GraphqlUpstream`, which checks it at boot.
 * ```ts
 * const SIMILAR = graphqlDocument<{ film: { similar: { id: string }[] } }, { id: string }>(`query Similar($id: ID!) { … }`);
 * ```
 * @param source  its text, or what a generator or a `gql` tag made of it, types included
 */
export function graphqlDocument<D, V = Readonly<Record<string, never>>>(
  source: string | GeneratedDocument<D, V>,
): GraphqlDocument<D, V> {
  if (typeof source === 'string') return new GraphqlDocument(source);
  // A document that is a string with types is an instance of String.
  return new GraphqlDocument(source.loc?.source.body ?? source.toString());
}
