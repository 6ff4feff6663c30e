import { Command, compilePage, Page, required } from 'guichet/page';
import type { ServedRoute } from 'guichet/routes';
import { Successors } from './successors.js';

@Page('v2/films/:filmId', { budgetMs: 1_000 })
class FilmPage {
  readonly film = required([], () => 1);
}

@Page('orders', { budgetMs: 1_000 })
class OrdersPage {
  readonly orders = required([], () => 1);
}

@Command('POST', 'orders', { budgetMs: 1_000 })
class OrderCommand {
  readonly order = required([], () => 1);
}

describe('successors', () => {
  const plans = [new FilmPage(), new OrdersPage(), new OrderCommand()].map(page => compilePage(page).plan!);
  const route = {
    declared: { name: 'GET /api/films/:id', path: { text: '/api/films/:id' }, config: { method: 'GET' } },
  };
  const successors = new Successors(plans, [route as unknown as ServedRoute]);
  const of = (reference: string, method = 'GET') => successors.of(reference, [method]);

  it('are pages and routes of the app, whatever their parameters are called', () => {
    const page = { reference: '/pages/v2/films/:id?lang=de', page: 'FilmPage', route: undefined };
    expect(of('/pages/v2/films/:id?lang=de')).toEqual(page);
    expect(of('/api/films/:film')).toEqual({
      reference: '/api/films/:film',
      page: undefined,
      route: 'GET /api/films/:id',
    });
  });

  it('have the method of what they come after, where there is a choice', () => {
    expect(of('/pages/orders')).toMatchObject({ page: 'OrdersPage' });
    expect(of('/pages/orders', 'POST')).toMatchObject({ page: 'OrderCommand' });
    expect(of('/pages/orders', 'PUT')).toMatchObject({ page: 'OrdersPage' });
  });

  it('are elsewhere, or not said', () => {
    const reference = 'https://developer.example/pages/orders';
    expect(of(reference)).toEqual({ reference, page: undefined, route: undefined });
    expect(successors.of(undefined, ['GET'])).toBeUndefined();
  });
});
