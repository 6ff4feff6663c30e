import { RequestContext, TimerWheel } from 'guichet/kernel';
import { ManualClock } from 'guichet/testing';
import { FakeCall } from '../../test/fake-call.js';
import { type Assembled, assemble } from '../assemble.js';
import { compilePage } from '../compile.js';
import { Page } from '../page.decorator.js';
import { PageRun } from '../page-run.js';
import type { PagePlan } from '../plan.js';
import { internal, maybe, optional, required } from '../sections.js';
import type { PageSettings } from './page-settings.js';
import { withSettings } from './with-settings.js';

const film = new FakeCall<string>();
const asked: string[] = [];
const ask = <T>(name: string, value: T): T => {
  asked.push(name);
  return value;
};

@Page('film', { budgetMs: 800 })
class FilmPage {
  readonly key = internal([], () => ask('key', 'k'), { fallback: 'no key' });
  readonly film = required([], () => film, { timeoutMs: 300 });
  readonly price = required([this.film], () => ask('price', 9), { timeoutMs: 200 });
  readonly ratings = optional([this.film, this.key], (_, key) => ask('ratings', key), { fallback: 'none' });
  readonly stars = optional([this.ratings], ratings => ask('stars', ratings));
  readonly best = optional([this.stars], stars => ask('best', stars));
  readonly more = optional([maybe(this.stars)], stars => ask('more', stars ?? 'without stars'));
}

const { plan } = compilePage(new FilmPage()) as { plan: PagePlan };
const under = (settings: PageSettings) => withSettings(plan, settings, 800);

function run(of: PagePlan): { outcome: { assembled?: Assembled; error?: unknown }; clock: ManualClock } {
  asked.length = 0;
  const clock = new ManualClock();
  const outcome: { assembled?: Assembled; error?: unknown } = {};
  const runtime = { clock, wheel: new TimerWheel(clock), isTraced: false, isAlwaysTraced: false };
  const context = { request: new RequestContext('r', 0), deadlineAt: of.declaration.budgetMs };
  const sink = {
    complete: (done: PageRun) => void (outcome.assembled = assemble(done)),
    fail: (error: unknown) => void (outcome.error = error),
  };
  new PageRun(of, [], context, runtime, sink).start();
  return { outcome, clock };
}

describe('a page under settings', () => {
  it('is the page as it was compiled where they say nothing', () => {
    const changed = under({});
    expect(changed.problems).toEqual([]);
    expect(changed.plan).toEqual(plan);
  });

  it('never runs what is switched off: it falls back or is left out, and so is what cannot do without it', () => {
    const off = under({ sections: { key: { isOn: false }, stars: { isOn: false } } });
    expect(off.problems).toEqual([]);
    const { outcome } = run(off.plan);
    film.succeed('Alien');
    expect(asked).toEqual(['more', 'price', 'ratings']);
    expect(outcome.assembled).toEqual({
      isComplete: false,
      envelope: {
        film: 'Alien',
        price: 9,
        ratings: 'no key',
        more: 'without stars',
        _sections: {
          stars: { state: 'omitted', reason: 'switched-off' },
          best: { state: 'omitted', reason: 'need-missing' },
        },
      },
    });
  });

  it('says that it is switched off, although what it needs is missing as well, and does not wait for that', () => {
    const { outcome } = run(under({ sections: { stars: { isOn: false }, best: { isOn: false } } }).plan);
    film.succeed('Alien');
    const { _sections } = outcome.assembled!.envelope as { _sections: Record<string, unknown> };
    expect(_sections['best']).toEqual({ state: 'omitted', reason: 'switched-off' });
  });

  it('does not lose a page all of whose sections are switched off', () => {
    @Page('badges', { budgetMs: 100 })
    class BadgesPage {
      readonly a = optional([], () => 1);
      readonly b = optional([this.a], () => 2, { fallback: 0 });
    }
    const compiled = compilePage(new BadgesPage()).plan!;
    const { outcome } = run(withSettings(compiled, { sections: { a: { isOn: false }, b: { isOn: false } } }, 100).plan);
    expect(outcome.assembled!.envelope).toMatchObject({ b: 0, _sections: { a: {}, b: {} } });
  });

  it('refuses to switch off what is required, and says what to do', () => {
    expect(under({ sections: { price: { isOn: false } } }).problems).toEqual([
      {
        where: 'FilmPage',
        path: 'pages.FilmPage.sections.price.isOn',
        message: 'it is required and has no fallback, so the page would always fail',
        value: 'false',
        mend: 'leave it on, or let the code make it optional or give it a fallback',
      },
    ]);
  });

  it('checks chains of timeouts against the budget as the boot does, whichever of them changes', () => {
    const tooLong = {
      where: 'FilmPage',
      path: 'pages.FilmPage.sections.price',
      message: "its chain of timeouts does not fit the page's budget of 800 ms",
      value: 'film 700 ms → price 200 ms = 900 ms',
      mend: 'raise budgetMs to at least 900, or lower the timeouts',
    };
    expect(under({ sections: { film: { timeoutMs: 700 } } }).problems).toEqual([tooLong]);
    expect(under({ sections: { film: { timeoutMs: 600 } } }).problems).toEqual([]);
    expect(under({ budgetMs: 400 }).problems).toHaveLength(1);
    // What is optional may take whatever it likes: the page does not wait for it beyond its budget.
    expect(under({ sections: { more: { timeoutMs: 5_000 } } }).problems).toEqual([]);
  });

  it('ends a section by its new timeout and a page by its new budget', async () => {
    const slow = new FakeCall<string>();
    @Page('slow', { budgetMs: 800 })
    class SlowPage {
      readonly a = optional([], () => slow, { timeoutMs: 500 });
      readonly b = optional([], () => slow);
    }
    const compiled = compilePage(new SlowPage()).plan!;
    const settings = { budgetMs: 200, sections: { a: { timeoutMs: 50 } } };
    const { outcome, clock } = run(withSettings(compiled, settings, 800).plan);
    clock.advance(190);
    expect(outcome.assembled).toBeUndefined();
    clock.advance(30);
    expect(outcome.assembled!.envelope).toMatchObject({
      _sections: { a: { reason: 'upstream-timeout' }, b: { reason: 'deadline-exceeded' } },
    });
  });

  it('has the critical path of its new timeouts', () => {
    expect(plan.criticalPath).toEqual(['film', 'price']);
    expect(under({ sections: { more: { timeoutMs: 4_000 } } }).plan.criticalPath.at(-1)).toBe('more');
  });
});
