import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ManualClock } from 'guichet/testing';
import { AddressSet } from '../address-set.js';
import { type PageTraceCallers, PageTracePermission } from './page-trace-permission.js';
import { signPageTrace } from './page-trace-signature.js';

const SECRET = 'a secret of more than 32 characters';
const NOBODY: PageTraceCallers = { anybody: false, secret: undefined, networks: undefined, trustedProxies: 0 };
const clock = new ManualClock();

interface Asked {
  value?: string;
  method?: string;
  url?: string;
  peer?: string;
  headers?: Record<string, string>;
}

function asked({ value, method = 'GET', url = '/pages/films/7?a=1', peer = '192.0.2.1', headers = {} }: Asked) {
  return {
    method,
    url,
    headers: { ...headers, ...(value !== undefined && { 'x-page-trace': value }) },
    socket: { remoteAddress: peer },
  } as unknown as IncomingMessage;
}

function isGranted(callers: Partial<PageTraceCallers>, request: Asked): boolean {
  return new PageTracePermission({ ...NOBODY, ...callers }, clock).isGrantedTo(asked(request));
}

const signed = (request: { method: string; target: string }, secret = SECRET) =>
  signPageTrace(secret, request, clock.epochMs());

describe('PageTracePermission', () => {
  it('is nobody’s unless something is said', () => {
    expect(new PageTracePermission(NOBODY, clock).isGranted).toBe(false);
    expect(isGranted({}, { value: '1' })).toBe(false);
  });

  it('is anybody’s in development, who asks for it', () => {
    expect(isGranted({ anybody: true }, { value: '1' })).toBe(true);
    for (const request of [{}, { value: '0' }, { value: '' }, { value: '10' }, { value: 'true' }]) {
      expect(isGranted({ anybody: true }, request)).toBe(false);
    }
  });

  describe('by signature', () => {
    const request = { method: 'GET', target: '/pages/films/7?a=1' };

    it('is whose signature fits the request', () => {
      expect(isGranted({ secret: SECRET }, { value: signed(request) })).toBe(true);
    });

    it('is made as the docs say', () => {
      const t = Math.floor(clock.epochMs() / 1_000);
      const sig = createHmac('sha256', SECRET).update(`${t}\nGET\n/pages/films/7?a=1`).digest('base64url');
      expect(isGranted({ secret: SECRET }, { value: `1;t=${t};sig=${sig}` })).toBe(true);
      expect(isGranted({ secret: SECRET }, { value: `1; t=${t}; sig=${sig}` })).toBe(true);
    });

    it.each([
      ['none', '1'],
      ['of another secret', signed(request, 'another secret of 32 characters!!')],
      ['of another method', signed({ ...request, method: 'POST' })],
      ['of another query', signed({ ...request, target: '/pages/films/7?a=2' })],
      ['that is cut', signed(request).slice(0, -1)],
      ['that is empty', '1;t=1;sig='],
      ['that is long', `1;t=1;sig=${'a'.repeat(10_000)}`],
      ['without an instant', signed(request).replace(/t=\d+;/, '')],
      ['with another instant', signed(request).replace(/t=\d+/, `t=${Math.floor(clock.epochMs() / 1_000) + 1}`)],
    ])('is not whose signature is one %s', (_, value) => {
      expect(isGranted({ secret: SECRET }, { value })).toBe(false);
    });

    it('is for five minutes', () => {
      const value = signed(request);
      clock.advance(299_000);
      expect(isGranted({ secret: SECRET }, { value })).toBe(true);
      clock.advance(3_000);
      expect(isGranted({ secret: SECRET }, { value })).toBe(false);
    });

    it('does not begin more than five minutes from now', () => {
      const value = signPageTrace(SECRET, request, clock.epochMs() + 302_000);
      expect(isGranted({ secret: SECRET }, { value })).toBe(false);
    });
  });

  describe('by network', () => {
    const networks = new AddressSet(['10.0.0.0/8', '::1']);

    it.each(['10.2.3.4', '::ffff:10.2.3.4', '::1'])('is that of %s', peer => {
      expect(isGranted({ networks }, { value: '1', peer })).toBe(true);
    });

    it.each([
      ['another', { peer: '192.0.2.1' }],
      ['a proxy that nobody declared', { peer: '10.0.0.1', headers: { 'x-forwarded-for': '192.0.2.1' } }],
      ['who says it is near', { peer: '192.0.2.1', headers: { 'x-forwarded-for': '10.0.0.1' } }],
      ['who is near and says so', { peer: '10.0.0.1', headers: { 'x-forwarded-for': '10.0.0.2' } }],
      ['a proxy of another kind', { peer: '10.0.0.1', headers: { forwarded: 'for=192.0.2.1' } }],
    ])('is not that of %s', (_, request) => {
      expect(isGranted({ networks }, { value: '1', ...request })).toBe(false);
    });

    it('is that of the client before a declared proxy', () => {
      const callers = { networks, trustedProxies: ['10.0.0.1'] };
      const from = (client: string, peer = '10.0.0.1') => ({
        value: '1',
        peer,
        headers: { 'x-forwarded-for': client },
      });
      expect(isGranted(callers, from('10.9.9.9'))).toBe(true);
      expect(isGranted(callers, from('192.0.2.1'))).toBe(false);
      expect(isGranted(callers, from('10.9.9.9', '10.0.0.2'))).toBe(false);
    });
  });
});
