import { InvalidInput } from 'guichet/kernel';
import { queryString } from './query-string.js';

describe('queryString', () => {
  it('is empty where there is nothing to say', () => {
    expect(queryString(undefined)).toBe('');
    expect(queryString({})).toBe('');
    expect(queryString({ a: undefined, b: null })).toBe('');
  });

  it('encodes names and values, and repeats the name of a list', () => {
    expect(queryString({ q: 'a&b=c#', 'x y': 1, on: false, tag: ['a', undefined, '/'] })).toBe(
      '?q=a%26b%3Dc%23&x%20y=1&on=false&tag=a&tag=%2F',
    );
    expect(queryString({ q: 'a\r\nHost: evil' })).toBe('?q=a%0D%0AHost%3A%20evil');
  });

  it.each([['\udfff'], ['x'.repeat(7_000)], ['€'.repeat(3_000)]])('refuses %.12j as input of the client', q => {
    expect(() => queryString({ q })).toThrow(InvalidInput);
  });
});
