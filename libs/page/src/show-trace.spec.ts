import { UseInterceptors } from '@nestjs/common';
import { startTracing } from 'guichet/observability';
import { of, throwError } from 'rxjs';
import { z } from 'zod';
import { failure } from '../test/fake-call.js';
import { ADAPTERS, pageApp, type PageApp } from '../test/page-app.js';
import { query } from './inputs.js';
import { Page } from './page.decorator.js';
import { optional, required } from './sections.js';

const CACHEABLE = 'private, max-age=5';
const fails = query(z.object({ fail: z.enum(['required', 'bug']).optional() }));

@Page('film', { budgetMs: 1000, cacheControl: CACHEABLE })
class FilmPage {
  private readonly query = fails;
  readonly film = required([this.query], ({ fail }) => {
    if (fail === 'bug') throw new RangeError('oops');
    return fail ? throwError(() => failure('circuit-open')) : of(1);
  });
  readonly price = required([this.film], film => film + 1);
}

@UseInterceptors({ intercept: (_, next) => next.handle() })
@Page('wrapped', { budgetMs: 1000 })
class WrappedPage {
  private readonly query = fails;
  readonly film = required([this.query], ({ fail }) => (fail ? throwError(() => failure('shed')) : of(1)));
  readonly cast = optional([], () => throwError(() => failure('shed')));
}

describe.each(ADAPTERS)('the trace of a page, shown to who asks for it, on %s', adapter => {
  let pages: PageApp;

  beforeAll(async () => {
    const tracing = await startTracing('test', undefined, {});
    pages = await pageApp(adapter, [FilmPage, WrappedPage], { listeners: tracing.listeners([]) });
  });
  afterAll(() => pages.app.close());

  const ask = (path: string) => pages.get(path, { headers: { 'X-Page-Trace': '1' } });

  it('tells of every section how long it took and how it ended', async () => {
    const response = await ask('/pages/film');
    expect(response.status).toBe(200);
    const told = response.headers.get('server-timing');
    expect(told).toMatch(/^total;dur=[\d.]+, guards;dur=[\d.]+, critical;desc="film(?: > price)?", film;dur=/);
    expect(told).toMatch(
      /film;dur=[\d.]+;desc="from [\d.]+ ms; fresh", price;dur=[\d.]+;desc="from [\d.]+ ms; fresh"$/,
    );
  });

  it('is nothing for a cache to keep', async () => {
    expect((await ask('/pages/film')).headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['a failed page', '/pages/film?fail=required', 'failed (circuit-open)'],
    ['a bug', '/pages/film?fail=bug', 'failed (bug)'],
    ['an input that is wrong', '/pages/film?fail=wrong', 'not run'],
    ['a degraded page behind an interceptor', '/pages/wrapped', 'omitted (shed)'],
    ['a failed page behind an interceptor', '/pages/wrapped?fail=required', 'failed (shed)'],
  ])('stands beside %s', async (_, path, words) => {
    expect((await ask(path)).headers.get('server-timing')).toContain(words);
  });

  it('is told to nobody who does not ask', async () => {
    for (const path of ['/pages/film', '/pages/film?fail=required', '/pages/wrapped']) {
      expect((await pages.get(path)).headers.get('server-timing')).toBeNull();
    }
    expect((await pages.get('/pages/film')).headers.get('cache-control')).toBe(CACHEABLE);
  });
});
