import type { ExchangeSummary, ExecutionView } from './server';
import { bodies, bytes, exchangeVerdict, ms, span, verdict } from './words';

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

  it.each([
    [0, 0, 'none'],
    [0, 2_048, '2 KB'],
    [12, 0, '12 B in, 0 B out'],
  ])('says bodies: %d in, %d out', (receivedBytes, sentBytes, text) =>
    expect(bodies({ receivedBytes, sentBytes } as ExchangeSummary)).toBe(text),
  );

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

describe('the verdict on an exchange', () => {
  const refused = { instance: 'a:1', outcome: 'failed', code: 'upstream-refused', status: 0 };
  const unwell = { instance: 'a:1', outcome: 'failed', code: 'upstream-status', status: 503 };
  const answered = { instance: 'b:1', outcome: 'succeeded', status: 200 };
  it.each([
    [{ outcome: 'answered', status: 200, attempts: [answered] }, 'b:1 answered with 200.'],
    [
      { outcome: 'answered', status: 200, attempts: [refused, answered] },
      'b:1 answered with 200, at the second attempt. The first, at a:1, failed: upstream-refused.',
    ],
    [
      { outcome: 'failed', code: 'upstream-refused', attempts: [unwell, refused] },
      'Failed: upstream-refused, at the second attempt. The first, at a:1, failed: status 503.',
    ],
    [{ outcome: 'failed', code: 'upstream-refused', attempts: [refused] }, 'Failed: upstream-refused, asking a:1.'],
    [{ outcome: 'failed', code: 'no-instances', attempts: [] }, 'Failed: no-instances. No instance was asked.'],
    [
      { outcome: 'cut', code: 'upstream-reset', attempts: [answered] },
      'Cut off amid the answer of b:1: upstream-reset.',
    ],
    [{ outcome: 'departed', attempts: [answered] }, 'The client left.'],
  ])('%#', (exchange, text) => expect(exchangeVerdict(exchange as unknown as ExchangeSummary)).toBe(text));
});
