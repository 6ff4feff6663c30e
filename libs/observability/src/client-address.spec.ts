import { addressBlock, ClientAddress } from './client-address.js';

describe('ClientAddress', () => {
  it('believes nobody by default: the peer is the client', () => {
    const address = new ClientAddress(0);
    expect(address.of('203.0.113.9', '198.51.100.1')).toBe('203.0.113.9');
    expect(new ClientAddress([]).of('203.0.113.9', '198.51.100.1')).toBe('203.0.113.9');
  });

  it('takes the hop that the outermost of n proxies saw', () => {
    expect(new ClientAddress(1).of('10.0.0.1', '6.6.6.6, 198.51.100.1')).toBe('198.51.100.1');
    expect(new ClientAddress(2).of('10.0.0.1', '6.6.6.6, 198.51.100.1, 10.0.0.2')).toBe('198.51.100.1');
  });

  it('never goes further left than there are hops', () => {
    expect(new ClientAddress(3).of('10.0.0.1', '198.51.100.1')).toBe('198.51.100.1');
    expect(new ClientAddress(3).of('10.0.0.1', undefined)).toBe('10.0.0.1');
  });

  it('takes the right-most hop outside the trusted networks', () => {
    const address = new ClientAddress(['10.0.0.0/8', '2001:db8::/32']);
    expect(address.of('10.0.0.1', '6.6.6.6, 198.51.100.1, 10.1.2.3')).toBe('198.51.100.1');
    expect(address.of('2001:db8::5', '198.51.100.1')).toBe('198.51.100.1');
    expect(address.of('192.0.2.1', '198.51.100.1')).toBe('192.0.2.1');
  });

  it('unwraps IPv4 in IPv6, drops ports, brackets and zones', () => {
    expect(new ClientAddress(0).of('::ffff:203.0.113.9', undefined)).toBe('203.0.113.9');
    const address = new ClientAddress(1);
    expect(address.of('10.0.0.1', '198.51.100.1:8080')).toBe('198.51.100.1');
    expect(address.of('10.0.0.1', '[2001:db8::1]:8080')).toBe('2001:db8::1');
    expect(address.of('10.0.0.1', '::ffff:198.51.100.1')).toBe('198.51.100.1');
    expect(address.of('fe80::1%eth0', undefined)).toBe('fe80::1');
  });

  it.each(['', 'unknown', '_hidden', '999.1.1.1', 'x'.repeat(100_000), ',,,,', '127.0.0.1\r\nx: y'])(
    'stops at the last hop it can read: %.20s',
    junk => {
      expect(new ClientAddress(1).of('10.0.0.1', junk)).toBe('10.0.0.1');
    },
  );

  it('reads only the end of an endless header', () => {
    expect(new ClientAddress(40).of('10.0.0.1', Array(10_000).fill('198.51.100.1').join(','))).toBe('198.51.100.1');
  });

  it('refuses a network it cannot read', () => {
    expect(() => new ClientAddress(['example.org'])).toThrow(RangeError);
    expect(() => new ClientAddress(['10.0.0.0/99'])).toThrow(RangeError);
    expect(() => new ClientAddress(['10.0.0.0/'])).toThrow(RangeError);
  });
});

describe('addressBlock', () => {
  it('is the address itself for IPv4 and the /64 for IPv6', () => {
    expect(addressBlock('203.0.113.9')).toBe('203.0.113.9');
    expect(addressBlock('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(addressBlock('2001:db8:1:2::1')).toBe(addressBlock('2001:db8:1:2:ffff::'));
    expect(addressBlock('unknown')).toBe('unknown');
  });
});
