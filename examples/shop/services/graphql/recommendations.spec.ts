import type { ServiceDefinition } from '../http/route.js';
import { type RunningService, serve } from '../http/server.js';
import { graphqlRoute } from './graphql.route.js';
import { recommendations } from './recommendations.resolvers.js';

const MODERN = { Accept: 'application/graphql-response+json' };
const running: RunningService[] = [];

afterAll(() => Promise.all(running.map(service => service.stop())));

async function asking(definition: ServiceDefinition) {
  const service = await serve(definition);
  running.push(service);
  return async (body: unknown, headers: Record<string, string> = MODERN) => {
    const url = `http://127.0.0.1:${service.port}/graphql`;
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.status, type: answer.headers.get('content-type'), body: (await answer.json()) as Result };
  };
}

interface Result {
  readonly data?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

describe('recommendations', () => {
  let ask: Awaited<ReturnType<typeof asking>>;
  beforeAll(async () => (ask = await asking(recommendations)));

  it('finds films of the same director, then of the same genre, never the film itself', async () => {
    const query = '{ similar(filmId: 3201, genre: "Adventure", director: "Martin Campbell") { id because } }';
    const { status, type, body } = await ask({ query });
    const similar = body.data!['similar']!;
    expect([status, type]).toEqual([200, 'application/graphql-response+json']);
    expect(similar).toHaveLength(12);
    expect([similar[0]!['because'], similar.at(-1)!['because']]).toEqual(['DIRECTOR', 'GENRE']);
    expect(similar.map(film => film['id'])).not.toContain(3201);
    expect(new Set(similar.map(film => film['id'])).size).toBe(12);
  });

  it('finds films of the same years for one without genre and director', async () => {
    const { body } = await ask({ query: '{ similar(filmId: 1) { because } }' });
    expect(body.data!['similar']).toHaveLength(12);
    expect(new Set(body.data!['similar']!.map(film => film['because']))).toEqual(new Set(['DECADE']));
  });

  it('picks by genre, as variables say', async () => {
    const query = 'query Picks($genre: String) { picks(genre: $genre, limit: 2) { genre } }';
    const { body } = await ask({ query, variables: { genre: 'Western' } });
    expect(body.data!['picks']).toEqual([{ genre: 'Western' }, { genre: 'Western' }]);
  });

  it.each([
    ['no film', '{ similar(filmId: 99999) { id } }', 200, 'BAD_USER_INPUT'],
    ['too many', '{ picks(limit: 51) { id } }', 200, 'BAD_USER_INPUT'],
    ['no such field', '{ picks { price } }', 400, undefined],
    ['no document', '{ picks', 400, undefined],
    [
      'far too long a document',
      `{ ${Array.from({ length: 200 }, (_, i) => `a${i}: picks { id }`).join(' ')} }`,
      400,
      undefined,
    ],
  ])('refuses %s', async (_, query, status, code) => {
    const answer = await ask({ query });
    expect([answer.status, answer.body.errors![0]!.extensions?.code]).toEqual([status, code]);
    expect(answer.body.data ?? null).toBeNull();
  });

  it('refuses what is no request, and answers old clients as they expect it', async () => {
    expect((await ask({})).status).toBe(400);
    expect(await ask({ query: '{ nothing }' }, { Accept: 'application/json' })).toMatchObject({
      status: 200,
      type: 'application/json',
      body: { errors: [{}] },
    });
  });
});

describe('a GraphQL endpoint', () => {
  const schema = new URL('./recommendations.graphql', import.meta.url);

  it('does not tell of a bug, and logs it', async () => {
    const log = jest.spyOn(console, 'error').mockImplementation(() => {});
    const picks = () => {
      throw new TypeError('oops');
    };
    const ask = await asking({ name: 'buggy', routes: [graphqlRoute(schema, { picks })] });
    const { body } = await ask({ query: '{ picks { id } }' });
    expect(body.errors).toMatchObject([{ message: 'The service has a bug.' }]);
    expect(log).toHaveBeenCalledWith(expect.objectContaining({ message: 'oops' }));
    log.mockRestore();
  });
});
