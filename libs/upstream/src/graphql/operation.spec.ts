import { graphqlDocument } from './graphql-document.js';
import { operationOf } from './operation.js';

describe('the operation of a GraphQL document', () => {
  it.each([
    ['query Film($id: ID! = "{") { film(id: $id) { id } }', 'query', 'Film'],
    ['# query Other {\nmutation Rate { rate(note: """ { \\""" query X { """) { id } }', 'mutation', 'Rate'],
    ['fragment F on Film { id } query Film { film { ...F } }', 'query', 'Film'],
    ['query Film @cached(for: {ms: 5}) { film { id } }', 'query', 'Film'],
  ])('is found in %s', (text, kind, name) => {
    expect(operationOf(text)).toEqual({ kind, name });
  });

  it.each([
    ['', 'has no operation'],
    ['fragment F on Film { id }', 'has no operation'],
    ['{ film { id } }', 'has a query without a name'],
    ['query { film { id } }', 'has a query without a name'],
    ['query A { a } query B { b }', 'has more than one operation'],
    ['subscription A { a }', 'has a subscription, which no call can be'],
    ['query A { a', 'has a brace that is not closed'],
    ['query A { a } }', 'has a brace too many'],
  ])('is missing from %j', (text, message) => {
    expect(() => operationOf(text)).toThrow(message);
    expect(graphqlDocument(text).mistake).toBe(message);
  });

  it('is found in what generators and tags make', () => {
    const text = 'query Film { film { id } }';
    expect(graphqlDocument({ loc: { source: { body: text } } }).text).toBe(text);
    expect(graphqlDocument(new String(text) as never).operation).toEqual({ kind: 'query', name: 'Film' });
  });
});
