import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BootProblems, Credentials } from 'guichet/kernel';
import { fakeUpstream, type FakeUpstream, reply, replyRaw } from 'guichet/testing';
import { firstValueFrom } from 'rxjs';
import { z } from 'zod';
import { FILMS_SCHEMA, graphqlServer } from '../../test/graphql-server.js';
import { contextOf, started, upstreamRig, type UpstreamRig } from '../../test/upstream-rig.js';
import { Upstream } from '../upstream.decorator.js';
import { graphqlDocument } from './graphql-document.js';
import { GraphqlService, type GraphqlServiceOptions } from './graphql-service.js';
import { type GraphqlCallOptions, type GraphqlMutationOptions, GraphqlUpstream } from './graphql-upstream.js';

interface Film {
  readonly id: string;
  readonly title: string;
}

const FILM = graphqlDocument<{ film: Film | null }, { id: string }>(
  'query Film($id: ID!) { film(id: $id) { id title } }',
);
const SIMILAR = graphqlDocument<{ film: { id: string; similar: Film[] | null } | null }, { id: string }>(
  'query Similar($id: ID!) { film(id: $id) { id similar { id title } } }',
);
const RATE = graphqlDocument<{ rate: Film | null }, { id: string; stars: number }>(
  'mutation Rate($id: ID!, $stars: Int!) { rate(id: $id, stars: $stars) { id title } }',
);
const UNLISTED = graphqlDocument<{ tenant: string }>('query Tenant { tenant }');
const documents = [FILM, SIMILAR, RATE];

class FilmsClient extends GraphqlUpstream {
  film<T = { film: Film | null }>(id: string, options?: GraphqlCallOptions<T>) {
    return this.query<{ film: Film | null }, { id: string }, T>(FILM, { id }, options);
  }

  similar(id: string) {
    return this.queryPartial(SIMILAR, { id });
  }

  rate(id: string, stars: number, options?: GraphqlMutationOptions<{ rate: Film | null }>) {
    return this.mutate(RATE, { id, stars }, options);
  }

  wrong(how: 'unlisted' | 'kind') {
    return how === 'unlisted' ? this.query(UNLISTED, {}) : this.mutate(FILM, { id: '1' });
  }
}

@Upstream('films', { maxRetries: 0 })
@GraphqlService({ documents })
class PlainClient extends FilmsClient {}

@Upstream('films', { maxRetries: 0 })
@GraphqlService({ documents, persisted: 'automatic' })
class PersistedClient extends FilmsClient {}

@Upstream('films', { maxRetries: 0 })
@GraphqlService({ documents, persisted: 'only' })
class TrustedClient extends FilmsClient {}

@Upstream('films', { maxRetries: 0 })
@GraphqlService({ documents, maxBatch: 3 })
class ListingClient extends FilmsClient {}

@Upstream('films', { maxRetries: 0 })
@GraphqlService({ documents, maxBatch: 3, persisted: 'automatic' })
class ListingPersistedClient extends FilmsClient {}

let fake: FakeUpstream;
let rig: UpstreamRig;

async function serve<C extends FilmsClient>(type: new () => C, server = graphqlServer()): Promise<C> {
  fake = await server;
  rig = await upstreamRig([type as never], { fakes: { films: [fake] } });
  return rig.app.get(type);
}

afterEach(async () => {
  await rig?.close();
  await fake?.close();
});

const bodies = (): unknown[] => fake.requests.map(({ body }) => body);
const outcome = (call: unknown): Promise<unknown> => started(call as never).outcome;

describe('a GraphQL query', () => {
  it('sends document and variables, and gives the data', async () => {
    const client = await serve(PlainClient);
    await expect(firstValueFrom(client.in(contextOf()).film('1'))).resolves.toEqual({
      film: { id: '1', title: 'Film 1' },
    });
    expect(bodies()).toEqual([{ query: FILM.text, operationName: 'Film', variables: { id: '1' } }]);
    expect(fake.requests[0]!.headers.accept).toBe('application/graphql-response+json, application/json;q=0.9');
  });

  it('gives what its schema makes of the data, and fails where they do not fit', async () => {
    const client = (await serve(PlainClient)).in(contextOf());
    const schema = z.object({ film: z.object({ id: z.coerce.number() }) });
    await expect(firstValueFrom(client.film('7', { schema }))).resolves.toEqual({ film: { id: 7 } });
    await expect(firstValueFrom(client.film('gone', { schema }))).rejects.toMatchObject({
      code: 'upstream-malformed',
      message: 'films: POST /graphql#Film answer does not fit its schema at film',
    });
  });

  it('is shared for the same variables and identity, a mutation is not', async () => {
    const client = await serve(PlainClient);
    const films = ['1', '1', '2'].map(id => firstValueFrom(client.in(contextOf()).film(id)));
    const ann = contextOf();
    ann.request.credentials = new Credentials('ann');
    films.push(firstValueFrom(client.in(ann).film('1', { identity: 'user' })));
    await Promise.all(films);
    expect(fake.requests).toHaveLength(3);
    await Promise.all([1, 2].map(() => firstValueFrom(client.in(contextOf()).rate('1', 5))));
    expect(fake.requests).toHaveLength(5);
  });

  it('fails by an error of a field, with the status that its code means and no more of it', async () => {
    const client = (await serve(PlainClient)).in(contextOf());
    await expect(outcome(client.film('untitled'))).rejects.toMatchObject({
      code: 'upstream-status',
      status: 404,
      message: 'films: POST /graphql#Film answered with 1 errors',
      body: undefined,
    });
    await expect(outcome(client.rate('1', 6))).rejects.toMatchObject({
      status: 400,
      body: { errors: [{ path: 'rate', message: 'at most 5' }] },
    });
  });

  it('gives what there is beside the errors, where it is asked so', async () => {
    const client = (await serve(PlainClient)).in(contextOf());
    await expect(firstValueFrom(client.similar('lonely'))).resolves.toEqual({
      data: { film: { id: 'lonely', similar: null } },
      errors: [{ message: 'no such', path: 'film.similar', code: 'NOT_FOUND' }],
    });
    await expect(firstValueFrom(client.similar('1'))).resolves.toMatchObject({ errors: [] });
  });

  it('throws for a document that is not the client’s, or of the other kind', async () => {
    const client = (await serve(PlainClient)).in(contextOf());
    expect(() => client.wrong('unlisted')).toThrow('Tenant is not among the documents of PlainClient');
    expect(() => client.wrong('kind')).toThrow('Film is no mutation');
  });

  const problem = { 'content-type': 'application/json' };
  it.each<[string, () => unknown, object]>([
    ['no result', () => reply(200, 'text'), { code: 'upstream-malformed' }],
    ['neither data nor errors', () => reply(200, { data: null }), { code: 'upstream-malformed' }],
    ['errors that are no list', () => reply(200, { errors: 'all' }), { code: 'upstream-malformed' }],
    ['an empty list of errors and no data', () => reply(200, { errors: [] }), { code: 'upstream-malformed' }],
    ['broken JSON', () => replyRaw('{"data":'), { code: 'upstream-malformed' }],
    ['a page of HTML', () => replyRaw('<p>', { 'content-type': 'text/html' }), { code: 'upstream-malformed' }],
    ['a page of HTML with 503', () => reply(503, 'x', { 'content-type': 'text/html' }), { status: 503 }],
    ['errors with 400', () => reply(400, { errors: [{ message: 'x' }] }, problem), { status: 400 }],
    [
      'a status in the error',
      () => reply(200, { errors: [{ extensions: { http: { status: 401 } } }] }),
      { status: 401 },
    ],
    ['a status that is none', () => reply(200, { errors: [{ extensions: { status: 99 } }] }), { status: 500 }],
    [
      'a code that all objects have',
      () => reply(200, { errors: [{ extensions: { code: 'toString' } }] }),
      { status: 500 },
    ],
    ['errors that are nothing', () => reply(200, { errors: [null, 7] }), { status: 500 }],
    ['data with 500', () => reply(500, { data: { film: null } }), { status: 500 }],
  ])('fails by %s', async (_, answer, expected) => {
    const client = await serve(PlainClient, fakeUpstream({ 'POST /graphql': answer }));
    await expect(outcome(client.in(contextOf()).film('1'))).rejects.toMatchObject(expected);
  });
});

describe('documents by their hash', () => {
  const extensions = { persistedQuery: { version: 1, sha256Hash: FILM.hash } };

  it('are sent in full once, where the service does not know them', async () => {
    const client = (await serve(PersistedClient)).in(contextOf());
    for (const id of ['1', '2']) {
      await expect(firstValueFrom(client.film(id))).resolves.toMatchObject({ film: { id } });
    }
    expect(bodies()).toEqual([
      { operationName: 'Film', variables: { id: '1' }, extensions },
      { query: FILM.text, operationName: 'Film', variables: { id: '1' }, extensions },
      { operationName: 'Film', variables: { id: '2' }, extensions },
    ]);
  });

  it('are never sent in full to a service that has them', async () => {
    const client = (await serve(TrustedClient, graphqlServer({ known: new Map([[FILM.hash, FILM.text]]) }))).in(
      contextOf(),
    );
    await expect(firstValueFrom(client.film('1'))).resolves.toMatchObject({ film: { id: '1' } });
    await expect(outcome(client.rate('1', 5))).rejects.toMatchObject({ code: 'upstream-status', status: 404 });
    expect(fake.requests).toHaveLength(2);
  });

  it('are not sent again when the caller left meanwhile', async () => {
    const client = (await serve(PersistedClient)).in(contextOf());
    const { handle } = started(client.film('1'));
    await fake.received(1);
    handle.cancel();
    await fake.requests[0]!.closed;
    await new Promise(resolve => setImmediate(resolve));
    expect(fake.requests).toHaveLength(1);
  });
});

describe('queries of one tick', () => {
  it('go as lists, each with its own outcome', async () => {
    const client = (await serve(ListingClient)).in(contextOf());
    const films = ['1', '2', 'untitled', '3', '1'].map(id => outcome(client.film(id)));
    films.push(outcome(client.similar('lonely')));
    await expect(films[2]).rejects.toMatchObject({ code: 'upstream-status', status: 404 });
    await expect(Promise.all(films.toSpliced(2, 1))).resolves.toMatchObject([
      { film: { id: '1' } },
      { film: { id: '2' } },
      { film: { id: '3' } },
      { film: { id: '1' } },
      { errors: [{ code: 'NOT_FOUND' }] },
    ]);
    expect(bodies().map(body => (body as unknown[]).length)).toEqual([3, 2]);
  });

  it('never stand in a list with those of another request, identity, or with mutations', async () => {
    const client = await serve(ListingClient);
    const [ann, bob] = ['ann', 'bob'].map(name => {
      const context = contextOf();
      context.request.credentials = new Credentials(name);
      return client.in(context);
    });
    await Promise.all(
      [
        ann!.film('1', { identity: 'user' }),
        ann!.film('2', { identity: 'user' }),
        ann!.film('3'),
        bob!.film('4', { identity: 'user' }),
        bob!.rate('5', 1),
      ].map(outcome),
    );
    const told = fake.requests.map(({ headers, body }) => {
      const ids = [body as { variables: { id: string } }].flat().map(({ variables }) => variables.id);
      return `${headers.authorization ?? 'nobody'} ${ids.join(',')}`;
    });
    expect(told.sort((x, y) => (x < y ? -1 : 1))).toEqual(['Bearer ann 1,2', 'Bearer bob 4', 'nobody 3', 'nobody 5']);
  });

  it('are sent in full together, where the service knows none of them', async () => {
    const client = (await serve(ListingPersistedClient)).in(contextOf());
    const films = await Promise.all(['1', '2'].map(id => firstValueFrom(client.film(id))));
    expect(films).toMatchObject([{ film: { id: '1' } }, { film: { id: '2' } }]);
    expect(bodies()).toMatchObject([
      [{ variables: { id: '1' } }, { variables: { id: '2' } }],
      [{ query: FILM.text }, { query: FILM.text }],
    ]);
  });

  it.each<[string, unknown]>([
    ['no list', { data: { film: null } }],
    ['a list that is too short', [{ data: { film: null } }]],
  ])('fail by %s', async (_, answer) => {
    const client = (await serve(ListingClient, fakeUpstream({ 'POST /graphql': () => reply(200, answer) }))).in(
      contextOf(),
    );
    const [, second] = ['1', '2'].map(id => outcome(client.film(id)));
    await expect(second).rejects.toMatchObject({ code: 'upstream-malformed' });
  });
});

describe('a GraphqlUpstream at boot', () => {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-graphql-'));
  const schema = join(folder, 'films.graphql');
  const broken = join(folder, 'broken.graphql');

  beforeAll(() => {
    writeFileSync(schema, FILMS_SCHEMA);
    writeFileSync(broken, 'type Query {');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function problemsOf(options: GraphqlServiceOptions): readonly unknown[] {
    @Upstream('films')
    @GraphqlService(options)
    class Client extends FilmsClient {}
    const problems = new BootProblems();
    Client.prepare(problems);
    return problems.all;
  }

  it('takes documents that fit the schema', () => {
    expect(problemsOf({ documents, schema })).toEqual([]);
  });

  it('notes each thing the schema has against a document', () => {
    const wrong = graphqlDocument('query Wrong($id: Int) { film(id: $id) { name } }');
    const told = problemsOf({ documents: [FILM, wrong, graphqlDocument('query Syntax { film() { id } }')], schema });
    expect(told).toMatchObject([
      { path: '@GraphqlService documents.Wrong', message: expect.stringContaining('"name"') },
      { path: '@GraphqlService documents.Wrong', message: expect.stringContaining('"Int"') },
      { path: '@GraphqlService documents.Syntax', message: expect.stringContaining('Syntax Error') },
    ]);
  });

  it.each<[string, GraphqlServiceOptions['documents'], string]>([
    ['without a name', [graphqlDocument('{ film { id } }')], 'a document has a query without a name: { film { id } }'],
    ['of one name', [FILM, graphqlDocument(FILM.text)], 'a document has the name of another: query Film'],
  ])('notes documents %s, schema or not', (_, given, message) => {
    expect(problemsOf({ documents: given })).toMatchObject([{ message: expect.stringContaining(message) }]);
  });

  it.each([
    ['is not there', join(folder, 'none.graphql'), 'ENOENT'],
    ['is no schema', broken, 'Syntax Error'],
  ])('notes a schema that %s', (_, file, message) => {
    expect(problemsOf({ documents, schema: file })).toMatchObject([
      { path: '@GraphqlService schema', message: expect.stringContaining(message) },
    ]);
  });

  it('notes a class that lists no documents, and ends the boot', async () => {
    @Upstream('films')
    class Bare extends FilmsClient {}
    await expect(upstreamRig([Bare])).rejects.toThrow(/Bare · @GraphqlService: does not say which documents it sends/);
  });
});
