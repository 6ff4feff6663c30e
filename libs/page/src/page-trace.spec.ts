import { InvalidInput, UpstreamError } from 'guichet/kernel';
import { of, Subject, throwError } from 'rxjs';
import { runPage } from '../test/run-page.js';
import { Page } from './page.decorator.js';
import { optional, required } from './sections.js';

const late = new UpstreamError('upstream-timeout', 'ratings', 'late');

describe('the trace of a page', () => {
  it('has every section: when it began, when it ended, and how', () => {
    const film = new Subject<string>();
    @Page('film', { budgetMs: 800 })
    class FilmPage {
      readonly film = required([], () => film);
      readonly price = required([this.film], () => of(1));
      readonly ratings = optional([], () => throwError(() => late), { fallback: null });
      readonly similar = optional([], () => throwError(() => late));
      readonly more = optional([this.similar], () => of(2));
    }
    const { clock, context, outcome } = runPage(new FilmPage(), [], true);
    clock.advance(40);
    film.next('Titanic');
    expect(outcome.count).toBe(1);
    expect(context.request.trace!.sections).toMatchObject([
      { name: 'film', launchedAt: 0, endedAt: 40, outcome: 'fresh' },
      { name: 'price', launchedAt: 40, endedAt: 40, outcome: 'fresh' },
      { name: 'ratings', launchedAt: 0, endedAt: 0, outcome: 'fallback', reason: 'upstream-timeout' },
      { name: 'similar', outcome: 'omitted', reason: 'upstream-timeout' },
      { name: 'more', launchedAt: undefined, outcome: 'omitted', reason: 'need-missing' },
    ]);
  });

  it('says by which section a page failed, and which were no longer wanted', async () => {
    @Page('film', { budgetMs: 800 })
    class FilmPage {
      readonly price = required([], () => new Subject<number>());
      readonly film = required([], () => throwError(() => late));
    }
    const { context, outcome } = runPage(new FilmPage(), [], true);
    await Promise.resolve();
    expect(outcome.count).toBe(1);
    expect(context.request.trace!.sections).toMatchObject([
      { name: 'price', outcome: 'cancelled' },
      { name: 'film', outcome: 'failed', reason: 'upstream-timeout' },
    ]);
  });

  it.each([
    ['a bug', new TypeError('oops'), 'bug'],
    [
      'a value that may not be sent',
      new InvalidInput([{ where: 'params', path: 'id', message: 'no' }] as never),
      'invalid-input',
    ],
  ])('tells %s from a failure', (_, thrown, reason) => {
    @Page('film', { budgetMs: 800 })
    class FilmPage {
      readonly film = required([], (): number => {
        throw thrown;
      });
    }
    const { context } = runPage(new FilmPage(), [], true);
    expect(context.request.trace!.sections).toMatchObject([{ outcome: 'failed', reason }]);
  });

  it('gives each section’s calls a place of their own', () => {
    const seen: unknown[] = [];
    @Page('film', { budgetMs: 800 })
    class FilmPage {
      readonly film = required([], ctx => of(seen.push(ctx.trace)));
      readonly price = optional([], ctx => of(seen.push(ctx.trace)), { timeoutMs: 100 });
    }
    const { context } = runPage(new FilmPage(), [], true);
    expect(seen).toEqual(context.request.trace!.sections);
    expect(seen[0]).not.toBe(seen[1]);
  });

  it('is not made where nobody wants it', () => {
    const seen: unknown[] = [];
    @Page('film', { budgetMs: 800 })
    class FilmPage {
      readonly film = required([], ctx => of(seen.push(ctx.trace)));
    }
    const { context } = runPage(new FilmPage());
    expect([context.request.trace, ...seen]).toEqual([undefined, undefined]);
  });
});
