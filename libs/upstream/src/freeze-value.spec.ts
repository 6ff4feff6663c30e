import { freezeValue } from './freeze-value.js';

describe('freezing a value', () => {
  it('reaches objects and arrays all the way down and hands back the same', () => {
    const value = { a: [{ b: { c: 1 } }], none: null, text: 'x', bare: Object.create(null) as object };
    expect(freezeValue(value)).toBe(value);
    expect([value, value.a, value.a[0], value.a[0]!.b, value.bare].every(Object.isFrozen)).toBe(true);
  });

  it('leaves what is of another class alone', () => {
    const value = { at: new Date(0), map: new Map(), bytes: Buffer.from('x') };
    freezeValue(value);
    expect([value.at, value.map].some(Object.isFrozen)).toBe(false);
    expect(freezeValue('text')).toBe('text');
    expect(freezeValue(undefined)).toBeUndefined();
  });

  it('takes cycles, and depth that no recursion would', () => {
    const cycle: { self?: object } = {};
    cycle.self = cycle;
    expect(Object.isFrozen(freezeValue(cycle))).toBe(true);
    let deep: unknown[] = [];
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(Object.isFrozen(freezeValue(deep))).toBe(true);
  });
});
