import { currentContext, InvalidInput, PageFailed } from 'guichet/kernel';
import { EMPTY, NEVER, of, Subject } from 'rxjs';
import { FakeCall, failure } from '../test/fake-call.js';
import { runPage } from '../test/run-page.js';
import { internal, maybe, optional, required } from './sections.js';
import { Page } from './page.decorator.js';

const tick = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

describe('a page of sections', () => {
  const film = { id: 1 };

  function chain() {
    const calls = { film: new FakeCall<typeof film>(), price: new FakeCall<number>(), cast: new FakeCall<string[]>() };
    const launched: string[] = [];
    const go = <T>(name: string, call: FakeCall<T>): FakeCall<T> => {
      launched.push(name);
      return call;
    };
    @Page('film', { budgetMs: 1000 })
    class FilmPage {
      readonly film = required([], () => go('film', calls.film));
      readonly cast = optional([], () => go('cast', calls.cast), { fallback: [] as string[] });
      readonly price = optional([this.film], () => go('price', calls.price));
      readonly label = optional([this.price], price => `${price} €`);
      readonly both = optional([this.film, maybe(this.price), this.cast], (_, price, cast) => ({ price, cast }));
    }
    return { calls, launched, running: runPage(new FilmPage()) };
  }

  it('starts every section the moment its last need is there', () => {
    const { calls, launched, running } = chain();
    expect(launched).toEqual(['film', 'cast']);
    calls.film.succeed(film);
    expect(launched).toEqual(['film', 'cast', 'price']);
    calls.price.succeed(9);
    expect(running.outcome.count).toBe(0);
    calls.cast.succeed(['Ann']);
    expect(running.outcome.assembled).toEqual({
      isComplete: true,
      envelope: { film, cast: ['Ann'], price: 9, label: '9 €', both: { price: 9, cast: ['Ann'] } },
    });
  });

  it('omits what needs an omitted section, without running it, unless the need is maybe', () => {
    const { calls, running } = chain();
    calls.film.succeed(film);
    calls.price.fail('circuit-open');
    calls.cast.fail('upstream-reset');
    expect(running.outcome.assembled).toEqual({
      isComplete: false,
      envelope: {
        film,
        cast: [],
        price: undefined,
        label: undefined,
        both: { price: undefined, cast: [] },
        _sections: {
          cast: { state: 'fallback', reason: 'upstream-reset' },
          price: { state: 'omitted', reason: 'circuit-open' },
          label: { state: 'omitted', reason: 'need-missing' },
        },
      },
    });
  });

  it('is complete with a stale section, and says how old it is', () => {
    const { calls, running } = chain();
    calls.film.succeed(film);
    calls.price.succeed(8, { ageMs: 4200.4, reason: 'circuit-open' });
    calls.cast.succeed([]);
    expect(running.outcome.assembled).toMatchObject({
      isComplete: true,
      envelope: {
        price: 8,
        label: '8 €',
        _sections: { price: { state: 'stale', reason: 'circuit-open', ageMs: 4200 } },
      },
    });
  });

  it('uses the fallback of a section whose need is omitted', () => {
    @Page('film', { budgetMs: 1000 })
    class FilmPage {
      readonly price = optional([], () => {
        throw failure('no-instances');
      });
      readonly label = optional([this.price], String, { fallback: 'free' });
      readonly shout = required([this.label], label => label.toUpperCase());
    }
    expect(runPage(new FilmPage()).outcome.assembled?.envelope).toEqual({
      price: undefined,
      label: 'free',
      shout: 'FREE',
      _sections: {
        price: { state: 'omitted', reason: 'no-instances' },
        label: { state: 'fallback', reason: 'need-missing' },
      },
    });
  });

  it('shares a fallback among requests only because it is frozen', () => {
    @Page('film', { budgetMs: 1000 })
    class FilmPage {
      readonly cast = optional([], () => Promise.reject(failure('shed')), { fallback: [{ name: 'nobody' }] });
      readonly first = required([this.cast], cast => (cast[0]!.name = 'mine'));
    }
    const { outcome } = runPage(new FilmPage());
    return tick().then(() => expect(outcome.error).toBeInstanceOf(TypeError));
  });

  it('keeps internal sections out of payload and states, yet counts them as incomplete', () => {
    @Page('film', { budgetMs: 1000 })
    class FilmPage {
      readonly margin = internal([], () => Promise.reject(failure('shed')), { fallback: 2 });
      readonly price = required([this.margin], margin => margin * 2);
    }
    const { outcome } = runPage(new FilmPage());
    return tick().then(() => expect(outcome.assembled).toEqual({ envelope: { price: 4 }, isComplete: false }));
  });
});

describe('what a load may return', () => {
  it('takes the first emission of an Observable and unsubscribes then', () => {
    const source = new Subject<number>();
    @Page('film', { budgetMs: 1000 })
    class FilmPage {
      readonly late = required([], () => source);
      readonly sync = required([], () => of(1, 2));
      readonly promise = required([], async () => 3);
      readonly value = required([], () => 4);
    }
    const { outcome } = runPage(new FilmPage());
    source.next(5);
    expect(source.observed).toBe(false);
    return tick().then(() => expect(outcome.assembled?.envelope).toEqual({ late: 5, sync: 1, promise: 3, value: 4 }));
  });

  it.each([
    ['an Observable that completes empty', () => EMPTY, 'FilmPage.cast: its Observable completed without a value'],
    ['a promise of an Observable', async () => of(1), 'FilmPage.cast: its promise resolved to an Observable'],
    [
      'a load that throws',
      () => {
        throw new RangeError('oops');
      },
      'oops',
    ],
    ['a promise that rejects', () => Promise.reject(new RangeError('oops')), 'oops'],
  ])('takes %s for a bug, although the section is optional', async (_, load: () => unknown, message) => {
    const other = new FakeCall();
    @Page('film', { budgetMs: 1000 })
    class FilmPage {
      readonly film = required([], () => other);
      readonly cast = optional([], load, { fallback: null });
    }
    const { outcome } = runPage(new FilmPage());
    await tick();
    expect(outcome.error).toMatchObject({ message });
    expect(outcome.error).not.toBeInstanceOf(PageFailed);
    expect([outcome.count, other.cancelled]).toEqual([1, 1]);
  });

  it('passes on the refusal of an input that a call finds out', () => {
    const refusal = new InvalidInput([{ in: 'params', path: 'id', message: 'no path segment' }]);
    @Page('film', { budgetMs: 1000 })
    class FilmPage {
      readonly film = required([], () => {
        throw refusal;
      });
    }
    expect(runPage(new FilmPage()).outcome.error).toBe(refusal);
  });
});

describe('a required section that fails', () => {
  function page(...failing: ('a' | 'b' | 'c')[]) {
    const c = new FakeCall<number>();
    const extra = new FakeCall<number>();
    const never: string[] = [];
    @Page('film', { budgetMs: 1000 })
    class FilmPage {
      readonly extra = optional([], () => extra);
      readonly b = required([], () => (failing.includes('b') ? Promise.reject(failure('shed')) : NEVER));
      readonly a = required([], () =>
        failing.includes('a') ? Promise.reject(failure('upstream-status', 404)) : NEVER,
      );
      readonly c = required([], () => c);
      readonly after = optional([this.c], () => never.push('after'));
    }
    return { c, extra, never, ...runPage(new FilmPage()) };
  }

  it('ends the page at once and cancels the rest', async () => {
    const { outcome, extra, c } = page('a');
    await tick();
    expect(outcome.error).toMatchObject({ failures: [{ section: 'a', error: { status: 404 } }] });
    expect([outcome.count, extra.cancelled, c.cancelled]).toEqual([1, 1, 1]);
  });

  it('names all that failed in the same breath, in the order of declaration', async () => {
    const { outcome, c, never } = page();
    c.fail('circuit-open');
    c.succeed(1);
    await tick();
    expect(outcome.error).toMatchObject({ failures: [{ section: 'c', error: { code: 'circuit-open' } }] });
    expect(never).toEqual([]);

    const first = new FakeCall<number>();
    const second = new FakeCall<number>();
    @Page('film', { budgetMs: 1000 })
    class Pair {
      readonly first = required([], () => first);
      readonly second = required([], () => second);
    }
    const pair = runPage(new Pair());
    second.fail('shed');
    first.fail('upstream-reset');
    await tick();
    expect(pair.outcome.error).toMatchObject({
      failures: [
        { section: 'first', error: { code: 'upstream-reset' } },
        { section: 'second', error: { code: 'shed' } },
      ],
    });
    expect(pair.outcome.count).toBe(1);
  });
});

describe('time', () => {
  function timed() {
    const calls = { quick: new FakeCall<number>(), slow: new FakeCall<number>() };
    @Page('film', { budgetMs: 1000 })
    class FilmPage {
      readonly film = required([], () => calls.slow);
      readonly quick = optional([], () => calls.quick, { timeoutMs: 250, fallback: 0 });
      readonly promise = optional([], () => new Promise<number>(() => {}), { timeoutMs: 100 });
      readonly after = required([maybe(this.promise)], promise => promise ?? 'none');
      readonly endless = optional([], () => NEVER);
    }
    return { calls, ...runPage(new FilmPage()) };
  }

  it("gives calls the section's deadline, but never more than the page's", () => {
    const seen: Record<string, number | undefined> = {};
    const note = (name: string): string => {
      seen[name] = currentContext()?.deadlineAt;
      return name;
    };
    @Page('film', { budgetMs: 1000 })
    class FilmPage {
      readonly film = required([], ctx => note('film') && ctx);
      readonly quick = optional([this.film], () => note('quick'), { timeoutMs: 250 });
      readonly long = optional([], () => note('long'), { timeoutMs: 5000 });
    }
    const { context, outcome } = runPage(new FilmPage());
    expect(seen).toEqual({ film: 1000, quick: 250, long: 1000 });
    expect(outcome.assembled?.envelope).toMatchObject({ film: context });
    expect(currentContext()).toBeUndefined();
  });

  it("calls the expiry of a section's own timeout a timeout, whoever notices it", () => {
    const { calls, clock, outcome } = timed();
    calls.quick.fail('deadline-exceeded');
    clock.advance(99);
    calls.slow.succeed(1);
    expect(outcome.count).toBe(0);
    clock.advance(1000);
    expect(outcome.assembled?.envelope).toMatchObject({
      quick: 0,
      after: 'none',
      _sections: {
        quick: { state: 'fallback', reason: 'upstream-timeout' },
        promise: { state: 'omitted', reason: 'upstream-timeout' },
        endless: { state: 'omitted', reason: 'deadline-exceeded' },
      },
    });
  });

  it('leaves calls the time to expire by themselves, then ends what is left', async () => {
    const { calls, clock, outcome } = timed();
    clock.advance(1000);
    expect([outcome.count, calls.slow.cancelled]).toEqual([0, 0]);
    clock.advance(20);
    await tick();
    expect(outcome.error).toMatchObject({ failures: [{ section: 'film', error: { code: 'deadline-exceeded' } }] });
    expect([outcome.count, calls.slow.cancelled]).toEqual([1, 1]);
  });
});

describe('a client that goes away', () => {
  it('cancels every call and unsubscribes every Observable; nothing is heard of the page any more', async () => {
    const call = new FakeCall<number>();
    const source = new Subject<number>();
    @Page('film', { budgetMs: 1000 })
    class FilmPage {
      readonly film = required([], () => call);
      readonly cast = optional([], () => source);
      readonly failing = required([], () => Promise.reject(failure('shed')));
    }
    const { outcome, leave, clock } = runPage(new FilmPage());
    leave();
    leave();
    await tick();
    clock.advance(2000);
    expect([call.cancelled, source.observed, outcome.count]).toEqual([1, false, 0]);
  });
});
