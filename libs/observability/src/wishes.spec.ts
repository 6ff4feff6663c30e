import type { IncomingMessage } from 'node:http';
import { Wishes } from './wishes.js';

const request = (headers: Readonly<Record<string, string>>, remoteAddress = '10.0.0.7') =>
  ({ headers, socket: { remoteAddress } }) as unknown as IncomingMessage;

const options = { name: 'x-cohort', subsets: new Set(['default', 'canary']) };

describe('what requests wish', () => {
  const near = new Wishes({ ...options, from: 'neighbours' });
  const all = new Wishes({ ...options, from: 'anyone' });

  it('is heard in the declared header, by what is declared alone', () => {
    expect(near.of(request({ 'x-cohort': 'canary' }))).toEqual({ header: 'x-cohort', subset: 'canary' });
    expect(near.of(request({ 'x-cohort': 'default' }))).toEqual({ header: 'x-cohort', subset: 'default' });
    for (const value of ['Canary', 'canary, default', 'canary ', 'x\r\ny: z', '__proto__', ''])
      expect(all.of(request({ 'x-cohort': value }))).toBeUndefined();
    expect(near.of(request({ 'x-other': 'canary' }))).toBeUndefined();
  });

  it('is heard of neighbours, and of others only where anyone may wish', () => {
    const strangers = [
      request({ 'x-cohort': 'canary' }, '203.0.113.9'),
      request({ 'x-cohort': 'canary', 'x-forwarded-for': '10.0.0.1' }),
      request({ 'x-cohort': 'canary', forwarded: 'for=10.0.0.1' }),
    ];
    for (const stranger of strangers) {
      expect(near.of(stranger)).toBeUndefined();
      expect(all.of(stranger)).toMatchObject({ subset: 'canary' });
    }
  });
});
