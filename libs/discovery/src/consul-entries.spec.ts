import { AddressPolicy } from './address-policy.js';
import { readHealthAnswer } from './consul-entries.js';

function entry(
  service: Record<string, unknown>,
  statuses: unknown[] = ['passing'],
  node: unknown = { Address: '10.0.0.1' },
) {
  return {
    Node: node,
    Service: { ID: 'a', Address: '10.0.0.2', Port: 80, Weights: { Passing: 1 }, Tags: [], Meta: null, ...service },
    Checks: statuses.map(Status => ({ Status })),
  };
}

const policy = new AddressPolicy({ allowedCidrs: [], allowsLoopback: true });
const read = (...entries: unknown[]) => readHealthAnswer('catalog', entries, policy);

describe('readHealthAnswer', () => {
  it('leaves out an address that is no service’s, and says why', () => {
    const { passing, refused } = read(entry({ ID: 'meta', Address: '169.254.169.254' }), entry({ ID: 'ok' }));
    expect(passing.map(({ id }) => id)).toEqual(['ok']);
    expect(refused).toEqual([
      'instance "meta" at "169.254.169.254": a link-local address, where clouds have their metadata',
    ]);
  });

  it('reads an instance as Consul sends it', () => {
    expect(read(entry({ Tags: ['v1'], Meta: { zone: 'a' }, Weights: { Passing: 7 } })).passing).toEqual([
      { id: 'a', service: 'catalog', host: '10.0.0.2', port: 80, weight: 7, tags: ['v1'], meta: { zone: 'a' } },
    ]);
  });

  it('takes the address of the node where the service gives none', () => {
    expect(read(entry({ Address: '' })).passing[0]?.host).toBe('10.0.0.1');
  });

  it.each([['warning'], ['critical'], ['maintenance'], [undefined]])(
    'does not take a check that is %s for passing',
    status => {
      expect(read(entry({}, ['passing', status]))).toMatchObject({ passing: [], failing: new Set(['a']) });
    },
  );

  it.each([
    ['10.0.0.1\r\nX: y', 80],
    ['evil/../', 80],
    ['user@host', 80],
    ['[::1]', 80],
    ['fe80::1%eth0', 80],
    ['a'.repeat(254), 80],
    ['', 80],
    [7, 80],
    ['10.0.0.2', 0],
    ['10.0.0.2', 65_536],
    ['10.0.0.2', 80.5],
    ['10.0.0.2', '80'],
  ])('leaves out the address %p with port %p, and says so on one line', (address, port) => {
    const { passing, refused } = read(entry({ Address: address, Port: port }, ['passing'], { Address: '' }));
    expect(passing).toEqual([]);
    expect(refused).toHaveLength(1);
    expect(refused[0]).not.toMatch(/[\r\n]/);
  });

  it.each(['10.0.0.2', '::1', 'web-1.node.dc1.consul', 'under_score', 'a.'])('takes the host %s', host => {
    expect(read(entry({ Address: host })).passing[0]?.host).toBe(host);
  });

  it.each([[''], ['a\nb'], [undefined], ['x'.repeat(256)]])('leaves out the id %p', id => {
    expect(read(entry({ ID: id })).passing).toEqual([]);
  });

  it.each([
    [0, 1],
    [-5, 1],
    [2.9, 2],
    [1e9, 100],
    ['9', 1],
    [NaN, 1],
    [undefined, 1],
  ])('makes of the weight %p the weight %d', (given, weight) => {
    expect(read(entry({ Weights: { Passing: given } })).passing[0]?.weight).toBe(weight);
  });

  it('drops what is no text from tags and meta, and is not polluted by a key', () => {
    const meta = JSON.parse('{"zone":"a","n":1,"__proto__":"x"}') as unknown;
    const [instance] = read(entry({ Tags: ['v1', 2, null], Meta: meta })).passing;
    expect(instance?.tags).toEqual(['v1']);
    expect(Object.entries(instance!.meta)).toEqual([
      ['zone', 'a'],
      ['__proto__', 'x'],
    ]);
    expect(Object.getPrototypeOf(instance!.meta)).toBe(Object.prototype);
  });

  it('keeps no more of tags and meta than Consul takes of meta, and nothing that could write a line', () => {
    const Tags = ['ok', 'x'.repeat(513), 'a\nb', ...Array.from({ length: 100 }, (_, n) => `t${n}`)];
    const Meta = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`k${n}`, n === 0 ? 'x'.repeat(513) : 'v']));
    const [instance] = read(entry({ Tags, Meta })).passing;
    expect(instance!.tags).toEqual(['ok', ...Array.from({ length: 63 }, (_, n) => `t${n}`)]);
    expect(Object.keys(instance!.meta)).toEqual(Array.from({ length: 64 }, (_, n) => `k${n + 1}`));
  });

  it('counts an address once, however often it is registered', () => {
    expect(read(entry({ ID: 'b' }), entry({ ID: 'a' })).passing.map(({ id }) => id)).toEqual(['a']);
  });

  it('tells two instances apart that have the same id on two nodes', () => {
    const both = read(entry({}), entry({ Address: '10.0.0.3' })).passing;
    expect(both.map(({ id }) => id)).toEqual(['a@10.0.0.2:80', 'a@10.0.0.3:80']);
  });

  it.each([[null], [7], [{}], [{ Service: null }], [{ Service: { ID: 'a' }, Checks: [] }]])(
    'survives the entry %j',
    broken => {
      expect(read(broken, entry({ ID: 'ok' })).passing.map(({ id }) => id)).toEqual(['ok']);
    },
  );

  it.each([[null], [{}], ['[]'], [undefined]])('refuses the answer %j as a whole', body => {
    expect(() => readHealthAnswer('catalog', body, policy)).toThrow(TypeError);
  });
});
