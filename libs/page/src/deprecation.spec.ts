import { UseInterceptors } from '@nestjs/common';
import { useProblems } from 'guichet/problem';
import { of } from 'rxjs';
import { z } from 'zod';
import { ADAPTERS, pageApp, type PageApp } from '../test/page-app.js';
import { compilePage } from './compile.js';
import { describePage } from './describe-page.js';
import { params } from './inputs.js';
import { Page } from './page.decorator.js';
import { PageRegistry } from './page.registry.js';
import { required } from './sections.js';

const since = '2020-01-01';
const deprecated = { since, sunset: '2999-01-01', successor: '/pages/v2/films/:id' };
const gone = { ...deprecated, sunset: '2021-01-01', afterSunset: 'gone' } as const;
let loaded = 0;

class Films {
  private readonly params = params(z.object({ id: z.string().max(20) }));
  readonly film = required([this.params], ({ id }) => {
    loaded++;
    return of(id);
  });
}

@Page('films/:id', { budgetMs: 1000, deprecated, cacheControl: 'private, max-age=5' })
class FilmPage extends Films {}

@UseInterceptors({ intercept: (_, next) => next.handle() })
@Page('wrapped/:id', { budgetMs: 1000, deprecated })
class WrappedPage extends Films {}

@Page('old/:id', { budgetMs: 1000, deprecated: gone })
class OldPage extends Films {}

@UseInterceptors({ intercept: (_, next) => next.handle() })
@Page('old-wrapped/:id', { budgetMs: 1000, deprecated: gone })
class OldWrappedPage extends Films {}

@Page('v2/films/:id', { budgetMs: 1000 })
class NextFilmPage extends Films {}

describe.each(ADAPTERS)('pages that are deprecated, on %s', adapter => {
  let pages: PageApp;

  beforeAll(async () => {
    pages = await pageApp(adapter, [FilmPage, WrappedPage, OldPage, OldWrappedPage, NextFilmPage], {
      prepare: app => useProblems(app),
    });
  });
  afterAll(() => pages.app.close());

  const told = ({ headers }: Response) => [headers.get('deprecation'), headers.get('sunset'), headers.get('link')];
  const words = ['@1577836800', 'Tue, 01 Jan 2999 00:00:00 GMT'];

  it.each(['films', 'wrapped'])('say so with every answer: %s', async path => {
    const response = await pages.get(`/pages/${path}/a%20b`);
    expect(await response.json()).toEqual({ film: 'a b' });
    expect(told(response)).toEqual([...words, '</pages/v2/films/a%20b>; rel="successor-version"']);
    const refused = await pages.get(`/pages/${path}/${'x'.repeat(30)}`);
    expect(refused.status).toBe(400);
    expect(told(refused)).toEqual([...words, `</pages/v2/films/${'x'.repeat(30)}>; rel="successor-version"`]);
  });

  it('say so where nothing has changed', async () => {
    const etag = (await pages.get('/pages/films/1')).headers.get('etag')!;
    const response = await pages.get('/pages/films/1', { headers: { 'if-none-match': etag } });
    expect(response.status).toBe(304);
    expect(told(response).slice(0, 2)).toEqual(words);
  });

  it.each(['old', 'old-wrapped'])('are answered with 410 after their sunset, and load nothing: %s', async path => {
    const before = loaded;
    const response = await pages.get(`/pages/${path}/7`);
    expect(response.status).toBe(410);
    expect(await response.json()).toMatchObject({
      type: 'urn:guichet:problem:retired',
      title: 'This has been retired',
      code: 'retired',
      successor: '/pages/v2/films/7',
    });
    expect(told(response)).toEqual([
      '@1577836800',
      'Fri, 01 Jan 2021 00:00:00 GMT',
      '</pages/v2/films/7>; rel="successor-version"',
    ]);
    expect(loaded).toBe(before);
  });

  it('leave the others alone', async () => {
    expect(told(await pages.get('/pages/v2/films/7'))).toEqual([null, null, null]);
  });

  it('are described as such', () => {
    const { plans } = pages.app.get(PageRegistry);
    const described = (name: string) => describePage(plans.find(plan => plan.name === name)!);
    expect(described('FilmPage')).toMatchObject({ deprecated: true });
    expect(described('NextFilmPage')).not.toHaveProperty('deprecated');
    const { responses } = described('OldPage') as { responses: Record<string, { headers?: object }> };
    expect(Object.keys(responses)).toContain('410');
    expect(Object.keys(responses['200']!.headers!)).toEqual(['Page-Complete', 'Deprecation', 'Sunset', 'Link']);
    expect(Object.keys(described('FilmPage')['responses'] as object)).not.toContain('410');
  });
});

describe('what a page says of its end', () => {
  function problemsOf(options: object): readonly (readonly [string, string])[] {
    @Page('films/:id', { budgetMs: 1000, deprecated: options as never })
    class WrongPage extends Films {}
    return compilePage(new WrongPage()).problems.map(({ path, message }) => [path, message]);
  }

  it('stops the boot where it is wrong, all of it', () => {
    expect(problemsOf({})).toEqual([['deprecated.since', 'is missing']]);
    expect(problemsOf({ since: 'x', afterSunset: 'never' }).map(([path]) => path)).toEqual([
      'deprecated.since',
      'deprecated.afterSunset',
    ]);
    expect(problemsOf({ since, sunset: '2019-01-01' })).toEqual([['deprecated.sunset', 'must not be before `since`']]);
    expect(problemsOf({ since, successor: '/pages/v2/:name/:id' })).toEqual([
      ['deprecated.successor', '":name" is no parameter of pages/films/:id'],
    ]);
  });
});
