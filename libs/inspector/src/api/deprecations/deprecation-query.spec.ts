import { deprecationQuery } from './deprecation-query.js';

const read = (query: string) => deprecationQuery(new URLSearchParams(query));

describe('which deprecations are asked for', () => {
  it('are all, or those of a state', () => {
    expect(read('')).toBeUndefined();
    expect(read('state=ending')).toBe('ending');
  });

  it.each([
    ['state=', 'state is one of announced, deprecated, ending, ended'],
    ['state=toString', 'state is one of announced, deprecated, ending, ended'],
    ['state=ending&state=ended', 'state is one of announced, deprecated, ending, ended'],
    ['state=ending&page=FilmPage', 'Only state can be asked for'],
    ['__proto__=a', 'Only state can be asked for'],
  ])('are none for %s', (query, message) => expect(() => read(query)).toThrow(message));
});
