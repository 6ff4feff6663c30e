import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EffectiveConfiguration,
  type LiveOverride,
  type LivePart,
  LiveSettings,
  type LiveValue,
  type PreparedSettings,
} from 'guichet/kernel';
import { Metrics } from 'guichet/observability';
import { ManualClock } from 'guichet/testing';
import { z } from 'zod';
import { LastGoodFile } from './last-good-file.js';
import { LiveConfiguration } from './live-configuration.js';
import { showLiveConfiguration } from './live-metrics.js';
import { SaidSource } from './live-source.test-rig.js';

/** A part of one number, which must not be odd. */
class Numbers implements LivePart<{ n?: number | undefined }> {
  readonly schema = z.strictObject({ n: z.number().int().max(100).optional() });
  readonly applied: number[] = [];
  readonly value: LiveValue<number>;

  constructor(
    readonly name: string,
    settings: LiveSettings,
  ) {
    this.value = settings.declare(0);
    settings.add(this);
  }

  prepare({ n = 0 }: { n?: number | undefined } = {}): PreparedSettings {
    if (n === 66) throw new RangeError('a bug of this part');
    const odd = { where: this.name, path: `${this.name}.n`, message: 'is odd', value: String(n), mend: 'make it even' };
    const overrides: LiveOverride[] = n === 0 ? [] : [{ where: 'numbers', path: this.name, value: n }];
    return {
      problems: n % 2 === 1 ? [odd] : [],
      values: new Map([[this.value as LiveValue<unknown>, n]]),
      apply: () => void this.applied.push(this.value.current),
      overrides,
    };
  }
}

describe('LiveConfiguration', () => {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-live-'));
  const path = join(folder, 'last-good.json');
  afterEach(() => rmSync(path, { force: true }));
  afterAll(() => rmSync(folder, { recursive: true }));

  function setUp(remembers = false) {
    const clock = new ManualClock();
    const source = new SaidSource();
    const settings = new LiveSettings();
    const [a, b] = [new Numbers('a', settings), new Numbers('b', settings)];
    const configuration = new EffectiveConfiguration();
    const told: string[] = [];
    const log = { info: (text: string) => void told.push(text), warn: (text: string) => void told.push(`! ${text}`) };
    const lastGood = remembers ? new LastGoodFile(path, source.name, log) : undefined;
    const live = new LiveConfiguration({ source, settings, configuration, lastGood, clock, log });
    const metrics = new Metrics();
    showLiveConfiguration(metrics, live);
    const metric = (name: string, label = ''): number | undefined =>
      metrics.values(`guichet_live_${name}`).find(({ labels }) => label === '' || Object.values(labels).includes(label))
        ?.value;
    const begun = live.begin();
    return { clock, source, settings, a, b, configuration, told, live, metric, begun };
  }

  it('lets a document hold whole: its values first, then what is built of them', async () => {
    const { source, a, b, live, begun, configuration, clock } = setUp();
    source.find({ a: { n: 2 }, b: { n: 4 } });
    await begun;
    expect([a.value.current, b.value.current, a.applied, b.applied]).toEqual([2, 4, [2], [4]]);
    expect(live.state).toMatchObject({ condition: 'in-force', inForce: { from: 'source', index: '1' } });
    expect(live.isWell).toBe(true);
    const { version } = live.state.inForce;
    expect(version).toMatch(/^[0-9a-f]{12}$/);
    expect(configuration.all).toEqual([
      {
        where: 'numbers',
        options: [
          { path: 'a', value: 2, origin: `test (${version})` },
          { path: 'b', value: 4, origin: `test (${version})` },
        ],
      },
    ]);
    clock.advance(5_000);
    expect(live.ageMs).toBe(5_000);
    // What is left out is as the app declares it.
    source.find({ b: { n: 6 } });
    expect([a.value.current, b.value.current]).toEqual([0, 6]);
    expect(live.ageMs).toBe(0);
  });

  it('changes nothing by a document that is wrong in one thing, and says where, what, and how to mend it', async () => {
    const { source, a, b, live, told, metric, settings } = setUp();
    source.find({ a: { n: 2 } });
    const before = settings.current;
    const { version } = live.state.inForce;
    source.find({ a: { n: 8 }, b: { n: 3 } });
    expect(settings.current).toBe(before);
    expect([a.value.current, b.applied]).toEqual([2, [0]]);
    expect(live.isWell).toBe(false);
    expect(live.state).toMatchObject({
      condition: 'invalid',
      inForce: { version },
      refused: {
        index: '2',
        omitted: 0,
        problems: [{ path: 'b.n', message: 'is odd', value: '3', mend: 'make it even' }],
      },
    });
    expect(told.at(-1)).toMatch(
      new RegExp(
        `^! version \\w+ is invalid and changes nothing, version ${version} stays in force: b.n: is odd \\(is 3\\)`,
      ),
    );
    expect([metric('documents_total', 'applied'), metric('documents_total', 'invalid')]).toEqual([1, 1]);
    expect([metric('trouble', 'invalid'), metric('trouble', 'missing')]).toEqual([1, 0]);
    expect(metric('version')).toBe(Number.parseInt(version!, 16));
    source.find({ a: { n: 2 } });
    expect(live.state).toMatchObject({ condition: 'in-force', refused: undefined });
    expect(metric('trouble', 'invalid')).toBe(0);
  });

  it.each([
    ['an unknown part', { c: {} }, 'c', 'unknown option'],
    ['an unknown key', { a: { m: 1 } }, 'a.m', 'unknown option'],
    ['a key that pollutes', '{"__proto__":{"n":2}}', '__proto__', 'unknown option'],
    ['another type', { a: { n: '2' } }, 'a.n', 'expected number'],
    ['out of range', { a: { n: 102 } }, 'a.n', '<=100'],
    ['a list', [], '', 'expected object'],
    ['no JSON', '{"a":', '', 'is not JSON'],
    ['nothing at all', '', '', 'is not JSON'],
    ['deep', `{"a":${'['.repeat(60_000)}`, '', 'nests deeper'],
    ['long', `{"a":{"n":2}}${' '.repeat(65_536)}`, '', 'is longer'],
    ['what breaks a part', { a: { n: 66 } }, '', 'could not be checked: a bug of this part'],
  ])('refuses %s', (_, content, where, message) => {
    const { source, live, a } = setUp();
    source.find({ a: { n: 2 } });
    source.find(content);
    expect(live.state.condition).toBe('invalid');
    const [problem] = live.state.refused!.problems;
    expect([problem!.path, problem!.message]).toEqual([where, expect.stringContaining(message) as string]);
    expect(problem!.mend).not.toBe('');
    expect(a.value.current).toBe(2);
    expect(({} as { n?: number }).n).toBeUndefined();
  });

  it('tells of everything that is wrong at once, in whichever parts', () => {
    const { source, live } = setUp();
    source.find({ a: { n: 'x', m: 1 }, b: { n: 3 }, c: 1 });
    expect(live.state.refused!.problems.map(({ path: where }) => where).toSorted()).toEqual(['a.m', 'a.n', 'b.n', 'c']);
  });

  it('bounds what it says of a hostile document, on one line', () => {
    const { source, live, told } = setUp();
    source.find(
      Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`k${n}\nERROR forged\u2028${'x'.repeat(80)}`, 1])),
    );
    expect(live.state.refused).toMatchObject({ omitted: 490 });
    expect(live.state.refused!.problems).toHaveLength(10);
    expect(told.at(-1)!.length).toBeLessThan(4_000);
    expect(JSON.stringify([told, live.state.refused])).not.toMatch(/\\n|\u2028/);
  });

  it('says the same once, however often it is found', () => {
    const { source, told, metric } = setUp();
    for (let n = 0; n < 5; n++) source.find({ a: { n: 1 } });
    expect(told.filter(text => text.includes('invalid'))).toHaveLength(1);
    expect(metric('documents_total', 'invalid')).toBe(1);
  });

  it('keeps what is in force when the document is gone, until {} sets all back', () => {
    const { source, live, a, metric, told } = setUp();
    source.find({ a: { n: 2 } });
    source.lose();
    expect([a.value.current, live.state.condition, live.isWell]).toEqual([2, 'missing', false]);
    expect(metric('trouble', 'missing')).toBe(1);
    expect(told.at(-1)).toContain('{} would set all back');
    source.find({});
    expect([a.value.current, live.state.condition, live.isWell]).toEqual([0, 'in-force', true]);
  });

  it('is well without any document', async () => {
    const { source, live, begun } = setUp();
    source.lose();
    await begun;
    expect(live.state).toMatchObject({ condition: 'none', inForce: { version: null, from: 'declared' } });
    expect(live.isWell).toBe(true);
  });

  it('begins without an answer after a second, and goes by the document when it comes', async () => {
    const { source, live, begun, clock, a, metric } = setUp();
    let isBegun = false;
    void begun.then(() => (isBegun = true));
    clock.advance(999);
    await Promise.resolve();
    expect(isBegun).toBe(false);
    clock.advance(1);
    await begun;
    expect(live.state).toMatchObject({ condition: 'waiting', unreachable: 'no answer yet' });
    expect(metric('trouble', 'unreachable')).toBe(1);
    source.find({ a: { n: 2 } });
    expect([a.value.current, live.isWell, metric('trouble', 'unreachable')]).toEqual([2, true, 0]);
  });

  it('tells each reason once why the source cannot be read, and its listeners what is new', async () => {
    const { source, live, told } = setUp();
    source.find({ a: { n: 2 } });
    const states: (string | undefined)[] = [];
    live.listen({ changed: ({ unreachable }) => void states.push(unreachable) });
    for (const reason of ['away', 'away', 'refused', 'refused', 'away']) source.fail(reason);
    expect(states).toEqual(['away', 'refused', 'away']);
    const complaints = (): readonly string[] => told.filter(text => text.includes('cannot be read'));
    expect(complaints()).toEqual([expect.stringContaining('(away)'), expect.stringContaining('(refused)')]);
    source.find({ a: { n: 2 } });
    source.fail('refused');
    expect(complaints()).toHaveLength(3);
    expect(live.state.unreachable).toBe('refused');
  });

  it('begins with what an earlier process left, though the source is away, and though it has lost the document', async () => {
    const first = setUp(true);
    first.source.find({ a: { n: 2 } });
    first.source.find({ a: { n: 4 } });
    first.source.find({ a: { n: 5 } });
    await first.live.close();
    expect(first.source.isClosed).toBe(true);

    const second = setUp(true);
    expect([second.a.value.current, second.a.applied]).toEqual([4, [4]]);
    second.source.fail('ECONNREFUSED');
    await second.begun;
    expect(second.live.state).toMatchObject({ unreachable: 'ECONNREFUSED', inForce: { from: 'last-good' } });
    second.source.lose();
    expect([second.a.value.current, second.live.state.condition]).toEqual([4, 'missing']);
    second.source.find({ a: { n: 4 } });
    expect(second.live.state).toMatchObject({ condition: 'in-force', inForce: { from: 'source' } });
    expect(second.a.applied).toEqual([4]);
  });

  it('does not go by what an earlier process left where that fits no more, is of another source, or is no document', async () => {
    const first = setUp(true);
    first.source.find({ a: { n: 2 } });
    await first.live.close();
    const left = readFileSync(path, 'utf8');
    for (const text of [left.replace('2', '3'), left.replace('"test"', '"consul of another"'), 'no JSON', '{}']) {
      writeFileSync(path, text);
      const { a, told } = setUp(true);
      expect(a.value.current).toBe(0);
      expect(told).toEqual([expect.stringMatching(/^! .*is not used/)]);
    }
  });
});
