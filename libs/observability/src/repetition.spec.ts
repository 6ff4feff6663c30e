import type { IncomingMessage } from 'node:http';
import { isRepetition } from './repetition.js';

describe('the mark of a further attempt', () => {
  const request = (headers: Record<string, string | undefined>, remoteAddress?: string): IncomingMessage =>
    ({ headers, socket: { remoteAddress } }) as unknown as IncomingMessage;
  const mark = { 'x-previous-attempts': '1' };

  it.each(['127.0.0.1', '::1', '::ffff:10.1.2.3', '192.168.0.7', 'fd00::1', '100.64.0.1'])(
    'is believed of a neighbour: %s',
    address => {
      expect(isRepetition(request(mark, address))).toBe(true);
      expect(isRepetition(request({}, address))).toBe(false);
    },
  );

  it.each(['203.0.113.7', '2001:db8::1', '::ffff:8.8.8.8', 'nonsense', undefined])(
    'is not believed of anybody else: %s',
    address => expect(isRepetition(request(mark, address))).toBe(false),
  );

  it.each(['x-forwarded-for', 'forwarded'])('is not believed where a proxy speaks for somebody: %s', header =>
    expect(isRepetition(request({ ...mark, [header]: 'for=10.0.0.1' }, '10.0.0.1'))).toBe(false),
  );

  it.each(['0', '-1', 'yes', '', '1, 2', '1e3', '01', '1000'])('must be a small number: %p', value =>
    expect(isRepetition(request({ 'x-previous-attempts': value }, '127.0.0.1'))).toBe(false),
  );
});
