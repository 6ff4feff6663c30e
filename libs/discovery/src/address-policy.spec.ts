import { AddressPolicy } from './address-policy.js';

describe('which addresses are believed', () => {
  const production = new AddressPolicy({ allowedCidrs: [], allowsLoopback: false });
  const development = new AddressPolicy({ allowedCidrs: [], allowsLoopback: true });
  const fenced = new AddressPolicy({ allowedCidrs: ['10.0.0.0/8', 'fd12::/16'], allowsLoopback: false });

  it.each([
    '10.1.2.3',
    '192.168.0.4',
    '172.16.0.1',
    '93.184.216.34',
    '2001:4860::1',
    'fd12::7',
    'catalog',
    'catalog-1.svc.example',
  ])('a service is at %s', host => expect(production.refusal(host)).toBeUndefined());

  it.each([
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    'fe80::1',
    'fd00:ec2::254',
    '100.100.100.200',
    '0.0.0.0',
    '::',
    '224.0.0.1',
    'ff02::1',
    '255.255.255.255',
  ])('none is at %s, wherever this runs', host => {
    expect(production.refusal(host)).toEqual(expect.any(String));
    expect(development.refusal(host)).toEqual(expect.any(String));
  });

  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', 'localhost', 'LOCALHOST.', 'a.localhost'])(
    '%s is this machine, which is called in development alone',
    host => {
      expect(production.refusal(host)).toBe('this machine itself');
      expect(development.refusal(host)).toBeUndefined();
    },
  );

  it.each(['2130706433', '0x7f000001', '127.1', '0177.0.0.1', '10.0.0.0x1', '127.0.0.1.'])(
    'a number that resolvers take for an address is none: %s',
    host => expect(development.refusal(host)).toMatch(/number|machine/),
  );

  it('believes addresses of the allowed networks alone, where there are some', () => {
    expect(['10.255.0.1', '::ffff:10.0.0.1', 'fd12::1', 'catalog'].map(host => fenced.refusal(host))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(
      ['11.0.0.1', '192.168.0.1', 'fd13::1', '127.0.0.1'].filter(host => fenced.refusal(host) === undefined),
    ).toEqual([]);
  });
});
