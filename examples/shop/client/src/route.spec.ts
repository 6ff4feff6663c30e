import { addressOf, routeOf } from './route';

const at = (path: string) => routeOf(new URL(path, 'http://store.test'));

describe('routeOf', () => {
  it('knows the three pages of the store', () => {
    expect(at('/')).toEqual({ kind: 'home' });
    expect(at('/search?query=%20high%20noon%20')).toEqual({ kind: 'search', query: 'high noon', page: 1 });
    expect(at('/films/7')).toEqual({ kind: 'film', id: '7' });
  });

  it('is patient with a slash too many and a query that is missing', () => {
    expect(at('/films/7/')).toEqual({ kind: 'film', id: '7' });
    expect(at('/search')).toEqual({ kind: 'search', query: '', page: 1 });
  });

  it('takes any page that is no page for the first', () => {
    for (const page of ['0', '-2', 'two', '']) {
      expect(at(`/search?query=a&page=${page}`)).toEqual({ kind: 'search', query: 'a', page: 1 });
    }
  });

  it('is nowhere at any other address, also one that cannot be decoded', () => {
    for (const path of ['/film/7', '/films', '/films/7/reviews', '/films/%E0%A4%A']) {
      expect(at(path)).toEqual({ kind: 'nowhere' });
    }
  });

  it('finds back from an address, whatever was typed', () => {
    const query = '50% off & "more"/../#?';
    expect(at(addressOf({ kind: 'search', query, page: 3 }))).toEqual({ kind: 'search', query, page: 3 });
    expect(at(addressOf({ kind: 'film', id: '../admin' }))).toEqual({ kind: 'film', id: '../admin' });
  });
});
