import { Credentials, InvalidInput, runInContext } from 'guichet/kernel';
import { fakeUpstream, type FakeUpstream, hang, type ReceivedRequest, reply } from 'guichet/testing';
import { firstValueFrom } from 'rxjs';
import { z } from 'zod';
import { contextOf, started, upstreamRig, type UpstreamRig } from '../../test/upstream-rig.js';
import { HttpUpstream } from '../http-upstream.js';
import type { UpstreamOptions } from '../upstream-options.js';
import { Upstream } from '../upstream.decorator.js';
import { batch } from './batch.js';

interface Film {
  readonly id: string;
  readonly asked: string;
}

const filmSchema = z.object({ id: z.string(), asked: z.string() });

const pick = (films: readonly Film[], id: string): Film | undefined => films.find(film => film.id === id);
const load = (client: CatalogClient, ids: readonly string[]) => client.films(ids);
const filmsById = batch({ load, pick });
const byTwo = batch({ load, pick, maxKeys: 2, maxConcurrent: 1 });
const byObject = batch({
  load: (client: CatalogClient, keys: readonly { id: string }[]) => client.films(keys.map(({ id }) => id)),
  pick: (films, { id }) => pick(films, id),
  keyOf: ({ id }) => id,
});
const broken = batch({
  load: (client: CatalogClient, ids: readonly string[]) => client.films(ids.map(() => '\ud800')),
  pick,
});
const choosy = batch({
  load,
  pick: (films: readonly Film[], id) => {
    if (id === 'bad') throw new TypeError('not this one');
    return pick(films, id);
  },
});

@Upstream('catalog', { identity: 'user', allowsAnonymous: true })
class CatalogClient extends HttpUpstream {
  films(ids: readonly string[]) {
    return this.get('/films', { query: { id: ids }, schema: z.array(filmSchema) });
  }

  film(id: string) {
    return this.one(filmsById, id);
  }

  maybeFilm(id: string) {
    return this.maybe(filmsById, id);
  }

  filmByTwo(id: string) {
    return this.one(byTwo, id);
  }

  filmByObject(id: string) {
    return this.one(byObject, { id });
  }

  brokenFilm(id: string) {
    return this.one(broken, id);
  }

  choosyFilm(id: string) {
    return this.one(choosy, id);
  }
}

let fake: FakeUpstream;
let rig: UpstreamRig;

const idsOf = (request: ReceivedRequest): string[] => request.query.getAll('id');
const answer = (request: ReceivedRequest): Film[] =>
  idsOf(request)
    .filter(id => id !== 'gone')
    .map(id => ({ id, asked: idsOf(request).join(',') }));

async function serve(handler: (request: ReceivedRequest) => unknown = answer, options: UpstreamOptions = {}) {
  fake = await fakeUpstream({ 'GET /films': handler });
  rig = await upstreamRig([CatalogClient], { fakes: { catalog: [fake] }, overrides: { catalog: options } });
  return rig.app.get(CatalogClient);
}

afterEach(async () => {
  await rig.close();
  await fake.close();
});

describe('a batch', () => {
  it('asks once for what is asked for in a tick, each key once', async () => {
    const client = (await serve()).in(contextOf());
    const ids = ['a', 'b', 'a', 'c'];
    const films = await Promise.all(ids.map(id => firstValueFrom(client.film(id))));
    expect(films.map(({ id }) => id)).toEqual(ids);
    expect(fake.requests.map(idsOf)).toEqual([['a', 'b', 'c']]);
    expect(films[0]).toBe(films[2]);
    expect(Object.isFrozen(films[0])).toBe(true);
  });

  it('takes in what is asked for by promises that are over by then, and asks anew afterwards', async () => {
    const client = (await serve()).in(contextOf());
    const late = Promise.resolve().then(() => firstValueFrom(client.film('b')));
    await Promise.all([firstValueFrom(client.film('a')), late]);
    await firstValueFrom(client.film('a'));
    expect(fake.requests.map(idsOf)).toEqual([['a', 'b'], ['a']]);
  });

  it('takes the context that is current when a call is made', async () => {
    const client = await serve();
    const calls = runInContext(contextOf(), () => ['a', 'b'].map(id => client.film(id)));
    await Promise.all(calls.map(call => firstValueFrom(call)));
    expect(fake.requests.map(idsOf)).toEqual([['a', 'b']]);
    expect(() => client.film('a')).toThrow(/without a context/);
  });

  it('fails as a 404 for a key that the answer does not have, or says that there is nothing', async () => {
    const client = (await serve()).in(contextOf());
    const calls = [client.film('gone'), client.maybeFilm('gone'), client.maybeFilm('a'), client.film('a')].map(
      call => started<unknown>(call as never).outcome,
    );
    await expect(calls[0]).rejects.toMatchObject({ code: 'upstream-status', status: 404, upstream: 'catalog' });
    await expect(Promise.all(calls.slice(1))).resolves.toMatchObject([undefined, { id: 'a' }, { id: 'a' }]);
    expect(fake.requests).toHaveLength(1);
  });

  it('makes several calls of many keys, so many at once', async () => {
    let underWay = 0;
    let most = 0;
    const client = (
      await serve(async request => {
        most = Math.max(most, ++underWay);
        await new Promise(resolve => setImmediate(resolve));
        underWay--;
        return answer(request);
      })
    ).in(contextOf());
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map(id => firstValueFrom(client.filmByTwo(id))));
    expect(fake.requests.map(idsOf)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect(most).toBe(1);
  });

  it('tells keys apart as it is told to', async () => {
    const client = (await serve()).in(contextOf());
    await Promise.all(['a', 'b', 'a'].map(id => firstValueFrom(client.filmByObject(id))));
    expect(fake.requests.map(idsOf)).toEqual([['a', 'b']]);
  });

  it('never puts two requests’ keys into one call, and asks as who asks', async () => {
    const client = await serve();
    const contexts = Array.from({ length: 20 }, (_, n) => {
      const context = contextOf(5_000, `request-${n}`);
      context.request.credentials = new Credentials(`token-${n}`);
      return context;
    });
    const films = await Promise.all(
      contexts.flatMap((context, n) => ['a', 'b'].map(id => firstValueFrom(client.in(context).film(`${id}${n}`)))),
    );
    expect(films.map(({ asked }) => asked)).toEqual(contexts.flatMap((_, n) => Array(2).fill(`a${n},b${n}`)));
    const told = fake.requests.map(({ headers, query }) => `${headers.authorization} ${query.get('id')}`);
    expect(told.sort((x, y) => (x < y ? -1 : 1))).toEqual(
      contexts.map((_, n) => `Bearer token-${n} a${n}`).sort((x, y) => (x < y ? -1 : 1)),
    );
  });

  it('has the earliest deadline of those that wait', async () => {
    const client = await serve(() => hang(), { maxRetries: 0, singleflight: false });
    const { request, deadlineAt } = contextOf(5_000);
    const calls = [0, -4_950].map(later => started(client.in({ request, deadlineAt: deadlineAt + later }).film('a')));
    for (const { outcome } of calls) await expect(outcome).rejects.toMatchObject({ code: 'deadline-exceeded' });
    expect(Number(fake.requests[0]!.headers['x-deadline-ms'])).toBeLessThanOrEqual(50);
  });

  it('leaves out who left before, and ends with the last who waits', async () => {
    const client = (await serve(() => hang())).in(contextOf());
    const [early, first, second] = ['x', 'a', 'b'].map(id => started(client.film(id)));
    early!.handle.cancel();
    const request = await fake.received(1);
    expect(idsOf(request)).toEqual(['a', 'b']);
    first!.handle.cancel();
    first!.handle.cancel();
    second!.handle.cancel();
    await expect(request.closed).resolves.toBe('abandoned');
  });

  it('makes no call when everybody left before', async () => {
    const client = (await serve()).in(contextOf());
    started(client.film('x')).handle.cancel();
    await new Promise(resolve => setImmediate(resolve));
    await firstValueFrom(client.film('a'));
    expect(fake.requests.map(idsOf)).toEqual([['a']]);
  });

  it('goes on to what waits for a place when a call is left', async () => {
    const client = (await serve(request => (idsOf(request)[0] === 'a' ? hang() : answer(request)))).in(contextOf());
    const calls = ['a', 'b', 'c'].map(id => started(client.filmByTwo(id)));
    await fake.received(1);
    calls[0]!.handle.cancel();
    calls[1]!.handle.cancel();
    await expect(calls[2]!.outcome).resolves.toMatchObject({ id: 'c' });
  });

  it('fails for all when its call fails, with what it failed with', async () => {
    const client = (await serve(() => reply(500), { maxRetries: 0 })).in(contextOf());
    const calls = ['a', 'b'].map(id => started(client.film(id)).outcome);
    for (const outcome of calls) await expect(outcome).rejects.toMatchObject({ code: 'upstream-status', status: 500 });
    expect(fake.requests).toHaveLength(1);
  });

  it('fails where its call cannot be made, and where one value cannot be picked', async () => {
    const client = (await serve()).in(contextOf());
    await expect(started(client.brokenFilm('a')).outcome).rejects.toBeInstanceOf(InvalidInput);
    const [bad, good] = ['bad', 'a'].map(id => started(client.choosyFilm(id)).outcome);
    await expect(bad).rejects.toThrow('not this one');
    await expect(good).resolves.toMatchObject({ id: 'a' });
  });

  it('refuses limits that would let nothing through, and keys it cannot tell apart', async () => {
    expect(() => batch({ load, pick, maxKeys: 0 })).toThrow(RangeError);
    expect(() => batch({ load, pick, maxConcurrent: 0 })).toThrow(RangeError);
    const client = (await serve()).in(contextOf());
    expect(() => client.film({} as string)).toThrow(/needs keyOf/);
  });
});
