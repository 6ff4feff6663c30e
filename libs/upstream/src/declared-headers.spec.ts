import { InvalidInput } from 'guichet/kernel';
import { headerList } from './declared-headers.js';

describe('headerList', () => {
  it('gives names in lower case and values, without the undefined ones', () => {
    expect(headerList({ 'X-Tenant': 'a', 'x-other': undefined, Accept: 'text/plain' })).toEqual([
      'x-tenant',
      'a',
      'accept',
      'text/plain',
    ]);
  });

  it.each(['a\r\nx-evil: 1', 'a\nb', '\0', 'ʘ'])('refuses the value %j as input of the client', value => {
    expect(() => headerList({ 'x-tenant': value })).toThrow(InvalidInput);
  });

  it.each([
    'Host',
    'content-length',
    'Transfer-Encoding',
    'traceparent',
    'x-request-id',
    'X-Deadline-Ms',
    'X-Previous-Attempts',
    'a b',
    'a\r\nb',
    '',
  ])('refuses the name %j as a mistake in the code', name => {
    expect(() => headerList({ [name]: 'x' })).toThrow(TypeError);
  });
});
