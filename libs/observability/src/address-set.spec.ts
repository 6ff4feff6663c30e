import { AddressSet } from './address-set.js';

describe('AddressSet', () => {
  const set = new AddressSet(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1']);

  it.each(['10.1.2.3', '192.0.2.7', '2001:db8:1::9', '::1'])('has %s', address => {
    expect(set.has(address)).toBe(true);
  });

  it.each(['11.0.0.1', '192.0.2.8', '2001:db9::1', 'unknown', '', '10.0.0.0/8'])('has not %j', address => {
    expect(set.has(address)).toBe(false);
  });

  it.each(['10.0.0.0/33', '::1/129', 'localhost', '10.0.0/8', ''])('refuses %j', network => {
    expect(() => new AddressSet([network])).toThrow(RangeError);
  });
});
