import type { GraphqlDocument } from './graphql-document.js';

const SERVICE = Symbol('guichet:graphql-service');

/** What a client class says of its GraphQL service. */
export interface GraphqlServiceOptions {
  /** All documents that the class sends: each is checked at boot. */
  // oxlint-disable-next-line typescript/no-explicit-any -- documents of any types
  readonly documents: readonly GraphqlDocument<any, any>[];
  /** The service's schema as files in its own language: URLs by `import.meta.url`, or paths. Documents are then checked against it. */
  readonly schema?: URL | string | readonly (URL | string)[];
  /** Where the service takes calls; `/graphql` if left out. */
  readonly path?: `/${string}`;
  /**
   * Whether documents are sent by their hash alone. `automatic`: in full once the service says that it does not know one;
   * `only`: never in full, for services that are given their documents beforehand.
   */
  readonly persisted?: 'automatic' | 'only';
  /** Queries that go together where they are made in one tick, as a list: for services that take lists. 1 if left out: none do. */
  readonly maxBatch?: number;
}

/** Says which documents a client class sends, and what its service is like. */
export function GraphqlService(options: GraphqlServiceOptions): (target: object) => void {
  return target => Reflect.defineMetadata(SERVICE, options, target);
}

/** @returns what `@GraphqlService` says of a class or of the class it extends, or undefined without it */
export function graphqlServiceOf(target: object): GraphqlServiceOptions | undefined {
  return Reflect.getMetadata(SERVICE, target) as GraphqlServiceOptions | undefined;
}
