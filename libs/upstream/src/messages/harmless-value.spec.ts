import { harmlessValue } from './harmless-value.js';

describe('a value that somebody else has parsed', () => {
  it('weighs about what it would as text', () => {
    const value = { name: 'chair', parts: ['leg', 'back', null], price: 12, isNew: true };
    const { bytes } = harmlessValue(value, 1_000);
    expect(Math.abs(bytes - JSON.stringify(value).length)).toBeLessThan(15);
    expect(harmlessValue(Buffer.alloc(77), 1_000).bytes).toBe(77);
    expect(harmlessValue(undefined, 1_000).bytes).toBe(1);
  });

  it('is weighed no further than it may be heavy', () => {
    const deep = Array.from({ length: 100_000 }, () => ({ text: 'x'.repeat(10) }));
    const { bytes } = harmlessValue(deep, 500);
    expect(bytes).toBeGreaterThan(500);
    expect(bytes).toBeLessThan(1_000);
  });

  it('loses what would pollute, however deep, and without a deep stack', () => {
    const text = `${'{"a":'.repeat(5_000)}{"__proto__":{"isAdmin":true},"b":1}${'}'.repeat(5_000)}`;
    let { value } = harmlessValue(JSON.parse(text), 1_000_000) as { value: Record<string, unknown> };
    while ('a' in value) value = value['a'] as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(['b']);
  });
});
