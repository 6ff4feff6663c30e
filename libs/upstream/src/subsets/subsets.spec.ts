import { BootProblems, type Principal } from 'guichet/kernel';
import { exampleInstance } from '../../test/layer-rig.js';
import { Endpoint } from '../endpoint.js';
import { EndpointGroup } from '../endpoint-group.js';
import { upstreamOptionsSchema } from '../upstream-options.js';
import { checkSubsets } from './check-subsets.js';
import { cohortOptionsSchema } from './cohort-options.js';
import { Cohorts, pointOf } from './cohorts.js';
import { readSubsetWeights } from './subset-weights.js';
import { Subsets } from './subsets.js';

const configs = (subsets: object) => upstreamOptionsSchema.parse({ subsets }).subsets;
const person = (subject: string, claims: Principal['claims'] = {}): Principal => ({
  issuer: 'https://id',
  subject,
  claims,
});
const canary = { meta: { version: '2' }, weightPercent: 10 };

function endpoint(instance: ReturnType<typeof exampleInstance>): Endpoint {
  return new Endpoint(instance, { close: async () => {}, destroy: async () => {} }, new EndpointGroup());
}

describe('a point', () => {
  const people = Array.from({ length: 10_000 }, (_, n) => person(`customer-${n}`));
  const within = (share: number, salt = '') => people.filter(one => pointOf(salt, one) < share);

  it.each([0.01, 0.1, 0.5])('divides ten thousand people within one percentage point: %d', share => {
    expect(Math.abs(within(share).length / 10_000 - share)).toBeLessThan(0.01);
  });

  it('is the same for a person always, and another one for the same subject of another issuer', () => {
    expect(pointOf('', person('a'))).toBe(pointOf('', { issuer: 'https://id', subject: 'a' }));
    expect(pointOf('', person('a'))).not.toBe(pointOf('', { issuer: 'https://other', subject: 'a' }));
    // What is written together is not taken apart elsewhere.
    expect(pointOf('', { issuer: 'ab', subject: 'c' })).not.toBe(pointOf('', { issuer: 'a', subject: 'bc' }));
  });

  it('chooses other people with another salt', () => {
    const [before, after] = [new Set(within(0.1)), within(0.1, 'second rollout')];
    const again = after.filter(one => before.has(one)).length;
    expect(again).toBeGreaterThan(50);
    expect(again).toBeLessThan(200);
  });
});

describe('the choice of a subset', () => {
  it('goes by wish, then by claim, then by weight', () => {
    const subsets = new Subsets('pricing', configs({ canary, staff: { tag: 'staff', claims: { groups: ['staff'] } } }));
    const staff = person('s', { groups: ['people', 'staff'] });
    const name = (...[wish, principal, point]: Parameters<Subsets['choose']>) =>
      subsets.choose(wish, principal, point).name;
    expect(name('canary', staff, 0.9)).toBe('canary');
    expect(name('default', staff, 0.05)).toBe('default');
    expect(name('of-another-upstream', staff, 0.05)).toBe('staff');
    expect(name(undefined, staff, 0.05)).toBe('staff');
    expect(name(undefined, person('p', { groups: 'people' }), 0.05)).toBe('canary');
    expect(name(undefined, undefined, 0.05)).toBe('canary');
    expect(name(undefined, undefined, 0.1)).toBe('default');
  });

  it('takes a claim by its own value, never by what objects inherit', () => {
    const subsets = new Subsets(
      'pricing',
      configs({ vip: { tag: 'vip', claims: { constructor: ['x'], level: [3, true] } } }),
    );
    expect(subsets.choose(undefined, person('a', { level: 3 }), 0.5).name).toBe('default');
    expect(subsets.choose(undefined, person('a', { level: 3, constructor: 'x' }), 0.5).name).toBe('vip');
    expect(subsets.choose(undefined, person('a', { level: '3', constructor: 'x' }), 0.5).name).toBe('default');
  });

  it('moves nobody out of a canary whose weight is raised', () => {
    const subsets = new Subsets('pricing', configs({ canary }));
    const people = Array.from({ length: 2_000 }, (_, n) => pointOf('', person(`p${n}`)));
    let before = new Set<number>();
    for (const weight of [1, 5, 10, 20, 50, 100]) {
      subsets.weigh({ canary: weight });
      const now = new Set(people.filter(point => subsets.choose(undefined, undefined, point).name === 'canary'));
      for (const point of before) expect(now.has(point)).toBe(true);
      before = now;
    }
    expect(before.size).toBe(2_000);
  });

  it('does not depend on who asks where nothing is sent elsewhere', () => {
    expect(new Subsets('pricing', configs({ canary })).isSplit).toBe(true);
    expect(new Subsets('pricing', configs({ canary: { ...canary, weightPercent: 0 } })).isSplit).toBe(false);
    expect(new Subsets('pricing', configs({ staff: { tag: 's', claims: { a: [1] } } })).isSplit).toBe(true);
  });
});

describe('weights', () => {
  it('are set anew as a whole or not at all', () => {
    const subsets = new Subsets('pricing', configs({ canary, beta: { tag: 'beta', weightPercent: 20 } }));
    subsets.weigh({ canary: 12.5 });
    expect(subsets.weights).toEqual({ canary: 12.5, beta: 20, default: 67.5 });
    for (const wrong of [
      { canary: 81 },
      { canary: -1 },
      { canary: Number.NaN },
      { beta: 1, unknown: 1 },
      { default: 5 },
    ]) {
      expect(() => subsets.weigh(wrong)).toThrow(RangeError);
      expect(subsets.weights).toEqual({ canary: 12.5, beta: 20, default: 67.5 });
    }
  });
});

describe('who is not signed in', () => {
  const anonymous = () => ({ principal: undefined, cohort: undefined, route: undefined }) as never;

  it('is spread evenly over the weights', () => {
    const cohorts = new Cohorts(cohortOptionsSchema.parse({}), () => 0.4);
    let within = 0;
    for (let n = 0; n < 10_000; n++) if (cohorts.of(anonymous()).point < 0.1) within++;
    expect(Math.abs(within - 1_000)).toBeLessThan(15);
  });

  it('is answered by the default subset where that is wanted, whatever the weight', () => {
    const cohorts = new Cohorts(cohortOptionsSchema.parse({ anonymous: 'default' }), () => 0.4);
    const subsets = new Subsets('pricing', configs({ canary: { ...canary, weightPercent: 100 } }));
    expect(subsets.choose(undefined, undefined, cohorts.of(anonymous()).point).isDefault).toBe(true);
  });
});

describe('instances', () => {
  it('belong to the first subset that they fit, else to the default one', () => {
    const subsets = new Subsets('pricing', configs({ canary, tagged: { tag: 'blue' } }));
    const [one, two, blue] = [exampleInstance(1), exampleInstance(2, '2'), { ...exampleInstance(3), tags: ['blue'] }];
    const both = { ...exampleInstance(4, '2'), tags: ['blue'] };
    subsets.divide([one, two, blue, both].map(endpoint));
    const ports = Object.fromEntries(
      subsets.all.map(({ name, list }) => [name, list.map(({ instance }) => instance.port)]),
    );
    expect(ports).toEqual({ canary: [2, 4], tagged: [3], default: [1] });
  });

  it('are those with all of the metadata, by its own keys', () => {
    const subsets = new Subsets('pricing', configs({ canary: { meta: { version: '2', zone: 'a' } } }));
    const zoned = { ...exampleInstance(2), meta: { version: '2', zone: 'a' } };
    subsets.divide([exampleInstance(1, '2'), zoned].map(endpoint));
    expect(subsets.named('canary')!.list).toHaveLength(1);
  });
});

describe('what is wrong with subsets', () => {
  const issues = (subsets: object) => {
    const read = upstreamOptionsSchema.safeParse({ subsets });
    return read.success ? [] : read.error.issues.map(({ message }) => message);
  };

  it.each([
    ['one that selects nothing', { a: { weightPercent: 1 } }, /selects no instances/],
    ['one called default', { default: { tag: 'a' } }, /called default/],
    ['a name that is none', { 'A b': { tag: 'a' } }, /Invalid key|lower-case/],
    ['too many', Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`s${n}`, { tag: `t${n}` }])), /more than 8/],
    ['an unknown option', { a: { tag: 'a', weight: 1 } }, /Unrecognized key/],
  ])('is %s', (_, subsets, message) => {
    expect(issues(subsets).join()).toMatch(message);
  });

  it('is found among them, too, and named with its mend', () => {
    const problems = new BootProblems();
    const upstream = (subsets: object, rest = {}) => ({ ...upstreamOptionsSchema.parse({ subsets }), ...rest });
    const upstreams = new Map([
      ['pricing', upstream({ a: { tag: 'x', meta: { b: '1', c: '2' } }, b: { tag: 'x', meta: { c: '2', b: '1' } } })],
      ['catalog', upstream({ canary }, { ejection: false })],
      ['ratings', upstream({ canary }, { ejectedMaxRatio: 0 })],
      ['orders', upstream({ canary }, { subsetWeights: { canry: 5 } })],
      ['films', upstream({ canary, beta: { tag: 'b', weightPercent: 50 } }, { subsetWeights: { canary: 51 } })],
    ]);
    checkSubsets(upstreams, cohortOptionsSchema.parse({ header: 'X-Cohort' }), problems);
    expect(problems.all.map(({ where, path, mend }) => [where, path, mend])).toEqual([
      ['upstream pricing', 'subsets.b', 'give it another tag or other meta, or remove it'],
      ['upstream catalog', 'ejection', 'set it to true, or declare no subsets'],
      ['upstream ratings', 'ejectedMaxRatio', 'set it above 0, or declare no subsets'],
      ['upstream orders', 'subsetWeights.canry', 'use one that is declared (canary), or declare it in subsets'],
      ['upstream films', 'subsetWeights', 'lower some: what they leave is that of the default subset'],
    ]);
    const none = new BootProblems();
    checkSubsets(new Map([['pricing', upstream({})]]), cohortOptionsSchema.parse({ header: 'x-cohort' }), none);
    expect(none.all).toMatchObject([{ path: 'cohorts.header', mend: 'declare subsets in @Upstream, or remove it' }]);
  });

  it.each(['authorization', 'cookie', 'x-request-id', 'x-forwarded-for', 'bad name', ''])('is a header %j', header => {
    expect(cohortOptionsSchema.safeParse({ header }).success).toBe(false);
  });
});

describe('SUBSET_WEIGHTS', () => {
  const declared = new Map([['pricing', ['canary', 'beta']]]);

  it('says weights by upstream and subset', () => {
    const problems = new BootProblems();
    const weights = readSubsetWeights('pricing:canary=20, pricing:beta=0.5', declared, problems);
    expect(weights).toEqual(new Map([['pricing', { canary: 20, beta: 0.5 }]]));
    expect(problems.all).toEqual([]);
  });

  it('names what is unknown or unreadable, and what to write instead', () => {
    const problems = new BootProblems();
    readSubsetWeights('pricing:gamma=5,catalog:canary=5,pricing=5,pricing:canary=-1', declared, problems);
    expect(problems.all.map(({ path, message }) => `${path} ${message}`)).toEqual([
      'SUBSET_WEIGHTS "pricing:gamma=5" names a subset that is not declared',
      'SUBSET_WEIGHTS "catalog:canary=5" names a subset that is not declared',
      'SUBSET_WEIGHTS "pricing=5" is not upstream:subset=percent',
      'SUBSET_WEIGHTS "pricing:canary=-1" is not upstream:subset=percent',
    ]);
    expect(problems.all[0]!.mend).toContain('pricing:canary, pricing:beta');
  });
});
