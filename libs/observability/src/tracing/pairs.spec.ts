import { readPairs } from './pairs.js';

describe('readPairs', () => {
  it.each([
    ['a=1,b=2', { a: '1', b: '2' }],
    [' api-key = a%20b%3Dc , ', { 'api-key': 'a b=c' }],
    ['authorization=Basic dXNlcjpwdw==', { authorization: 'Basic dXNlcjpwdw==' }],
    ['empty=', { empty: '' }],
    ['', {}],
    ['__proto__=1', { ['__proto__']: '1' }],
  ])('reads %j', (text, pairs) => {
    expect(readPairs(text)).toEqual(pairs);
  });

  it.each(['a', '=1', 'a b=1', 'a=%', 'a=%0d%0aEvil:1', 'a=1,b', 'ä=1'])('reads nothing of %j', text => {
    expect(readPairs(text)).toBeUndefined();
  });
});
