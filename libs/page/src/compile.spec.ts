import { Get } from '@nestjs/common';
import { z } from 'zod';
import { compilePage } from './compile.js';
import { body, params } from './inputs.js';
import { recordNodes } from './node.js';
import { Command, Page } from './page.decorator.js';
import { internal, maybe, optional, required } from './sections.js';

const messages = (make: () => object): string[] => {
  const { made, nodes } = recordNodes(make);
  return compilePage(made, nodes).problems.map(({ path, message }) => `${path}: ${message}`);
};

const unseenByLint = required;

describe('compilePage', () => {
  it('makes arrays of the graph: roots, levels, dependants, the critical path', () => {
    @Page('films/:id', { budgetMs: 800 })
    class FilmPage {
      private readonly params = params(z.object({ id: z.string() }));
      readonly film = required([this.params], ({ id }) => id, { timeoutMs: 300 });
      readonly cast = optional([this.film, this.params], film => film);
      readonly #unused = params(z.object({}));
      readonly price = optional([this.film, maybe(this.cast)], film => film, { timeoutMs: 100 });
      readonly ads = internal([], () => 1);
      uses = () => this.#unused;
    }
    const { plan, problems } = compilePage(new FilmPage());
    expect(problems).toEqual([]);
    expect(plan).toMatchObject({
      name: 'FilmPage',
      declaration: { method: 'GET', path: 'pages/films/:id', budgetMs: 800, file: __filename },
      roots: [0, 3],
      criticalPath: ['film', 'cast', 'price'],
      sections: [
        {
          name: 'film',
          slot: 1,
          level: 0,
          needs: [],
          dependants: [
            { index: 1, isTolerant: false },
            { index: 2, isTolerant: false },
          ],
        },
        { name: 'cast', slot: 2, level: 1, needs: ['film'], dependants: [{ index: 2, isTolerant: true }] },
        { name: 'price', slot: 3, level: 2, waitsFor: 2 },
        { name: 'ads', isInternal: true, isRequired: true },
      ],
    });
  });

  it('calls a load with all its needs, however many', () => {
    for (const count of [0, 1, 2, 3, 4, 5, 7]) {
      class Wide {
        readonly inputs = Array.from({ length: count }, () => params(z.object({})));
        readonly all = required(this.inputs, (...all) => all);
      }
      Page('wide', { budgetMs: 1 })(Wide);
      const context = {} as never;
      const values = Array.from({ length: count }, (_, index) => index);
      expect(compilePage(new Wide()).plan!.sections[0]!.invoke(values, context)).toEqual([...values, context]);
    }
  });

  it('lists everything that is wrong with a page at once', () => {
    const foreign = required([], () => 1);
    class FilmPage {
      private readonly params = params(z.object({ name: z.string() }));
      readonly body = body(z.object({}));
      readonly film = optional([this.params], () => 1);
      readonly firm = required([this.film as never], () => 1);
      readonly alien = required([foreign], () => 1);
      readonly #hidden = required([], () => 1);
      readonly lost = required([this.#hidden], () => 1);
      readonly odd = required([undefined as never], () => 1);
      readonly lazy = required([], 'load' as never);
      readonly hasty = optional([], () => 1, { timeoutMs: -1 });
      readonly twin = this.film;
      readonly toJSON = required([], () => 1);
      readonly answerPage = optional([], () => 1);
      readonly view = 7;
      @Get('more')
      more(): void {}
    }
    Page('films/:id', { budgetMs: 0, status: 204, shape: z.array(z.string()) } as never)(FilmPage as never);
    expect(messages(() => new FilmPage())).toEqual([
      'budgetMs: out of range',
      'status: not a status of success with a body',
      'shape: an array cannot carry the envelope',
      'body: a GET request has no body',
      ':id: a parameter of the path that the params schema does not have',
      'params.name: the path has no such parameter, so every request would be refused',
      'twin: the same section as film',
      'toJSON: no section can have this name',
      'answerPage: no section can have this name',
      '#private: a section in a #private field, or in none: it has no name',
      'view: not a method',
      'more: a method of a page cannot be a route',
      'firm: required, but it needs film, which may be omitted',
      'alien: it needs a section of another page',
      'lost: it needs a section that is no public field',
      'odd: one of its needs is no node',
      'lazy: its load is no function',
      'hasty.timeoutMs: out of range',
    ]);
  });

  it('sees a section that TypeScript calls private, where the source lies beside the running file', () => {
    @Page('films', { budgetMs: 100 })
    class Secretive {
      private readonly price = unseenByLint([], () => 1);
      protected readonly margin = unseenByLint([], () => 1);
      private readonly ads = internal([], () => 1);
      readonly shown = required([this.price, this.margin, this.ads], () => 1);
    }
    @Page('open', { budgetMs: 100 })
    class Open {
      readonly price = required([], () => 1);
    }
    expect(messages(() => new Secretive())).toEqual([
      'price: a private section: at run time it would leave with the payload',
      'margin: a private section: at run time it would leave with the payload',
    ]);
    expect(messages(() => new Open())).toEqual([]);
  });

  describe('of a shape without a view', () => {
    const shape = z.object({
      film: z.string(),
      title: z.string(),
      stock: z.number(),
      price: z.number().nullable(),
      ratings: z.number(),
      similar: z.number().optional(),
      flag: z.coerce.boolean(),
      whatever: z.unknown(),
      locale: z.string().default('en'),
    });
    class Sections {
      readonly film = required([], () => 'Big');
      readonly stock = internal([], () => 1);
      readonly price = optional([], () => 1, { fallback: null });
      readonly ratings = optional([], () => 1);
      readonly similar = optional([], () => 1);
      readonly flag = optional([], () => 1);
      readonly whatever = optional([], () => 1);
    }

    it('refuses what no section makes, and what may be omitted though the shape wants it', () => {
      Page('films', { budgetMs: 100, shape })(Sections);
      expect(messages(() => new Sections())).toEqual([
        'shape.title: no section in the payload has this name, so every answer would be refused',
        'shape.stock: no section in the payload has this name, so every answer would be refused',
        'shape.ratings: the section may be omitted, and then the answer would be refused',
      ]);
    });

    it('lets a view make what it likes', () => {
      class Viewed extends Sections {
        view = (): object => ({});
      }
      Page('films', { budgetMs: 100, shape })(Viewed);
      expect(messages(() => new Viewed())).toEqual([]);
    });

    it('does not judge a shape whose own functions fail', () => {
      const careless = z.object({ film: z.preprocess(film => (film as string).length, z.number()), title: z.string() });
      Page('films', { budgetMs: 100, shape: careless })(Sections);
      expect(messages(() => new Sections())).toEqual([]);
    });
  });

  it('refuses a required chain whose timeouts do not fit the budget, once', () => {
    @Command('POST', 'orders', { budgetMs: 500 })
    class OrderCommand {
      readonly stock = required([], () => 1, { timeoutMs: 200 });
      readonly price = optional([this.stock], () => 1, { timeoutMs: 200, fallback: 0 });
      readonly order = required([this.price], () => 1, { timeoutMs: 200 });
      readonly after = required([this.order], () => 1);
      readonly slow = optional([this.order], () => 1, { timeoutMs: 400 });
    }
    expect(compilePage(new OrderCommand()).problems).toEqual([
      {
        where: 'OrderCommand',
        path: 'order',
        message: "its chain of timeouts does not fit the page's budget of 500 ms",
        value: 'stock 200 ms → price 200 ms → order 200 ms = 600 ms',
        mend: 'raise budgetMs to at least 600, or lower the timeouts',
      },
    ]);
  });

  it('wants at least one section, and a page', () => {
    @Page('empty', { budgetMs: 100 })
    class Empty {}
    expect(messages(() => new Empty())).toEqual([': it has no section']);
    expect(() => compilePage({})).toThrow('Object is no page');
  });
});
