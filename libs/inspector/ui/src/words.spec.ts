import type { ExecutionView } from './server';
import { bytes, ms, span, verdict } from './words';

describe('words', () => {
  it.each([
    [0.84, '0.8 ms'],
    [9.96, '10 ms'],
    [182.4, '182 ms'],
    [1_254, '1.25 s'],
  ])('says %d milliseconds as %s', (value, text) => expect(ms(value)).toBe(text));

  it.each([
    [500, '500 ms'],
    [61_000, '61 s'],
    [600_000, '10 min'],
    [7_200_000, '2 h'],
  ])('says a longer time, %d, as %s', (value, text) => expect(span(value)).toBe(text));

  it('says sizes', () => expect([bytes(12), bytes(2_048), bytes(3_145_728)]).toEqual(['12 B', '2 KB', '3 MB']));
});

describe('verdict', () => {
  const execution = (given: object, waterfall: object = {}): ExecutionView =>
    ({
      outcome: 'complete',
      durationMs: 240,
      ...given,
      waterfall: { sections: [], criticalPath: [], boundBy: undefined, ...waterfall },
    }) as unknown as ExecutionView;
  const boundBy = { section: 'price', durationMs: 182, upstream: 'pricing', call: 'GET /quotes/:sku' };

  it('names what the page waited for, and on which way', () => {
    expect(verdict(execution({}, { boundBy, criticalPath: ['film', 'price'] }))).toBe(
      'Bounded by price: 182 ms of 240 ms on the way film → price, waiting for pricing GET /quotes/:sku.',
    );
  });

  it('names the section that failed the page', () => {
    const sections = [{ name: 'film', outcome: 'failed' }];
    expect(verdict(execution({ outcome: 'failed', code: 'upstream-timeout' }, { sections, boundBy }))).toBe(
      'Failed by film after 240 ms: upstream-timeout.',
    );
  });

  it('says where nothing ran', () => {
    expect(verdict(execution({ outcome: 'failed', code: 'invalid-input' }))).toBe(
      'Failed before any section did: invalid-input.',
    );
    expect(verdict(execution({ outcome: 'departed' }))).toBe('The client left before any section ran.');
  });
});
