import { ERROR_CODES } from 'guichet/kernel';
import { ageInWords, reasonInWords } from './section-state';

describe('reasonInWords', () => {
  it.each(ERROR_CODES)('has words of its own for %s', code => {
    expect(reasonInWords(code)).not.toBe(reasonInWords('a code of a later version'));
  });
});

describe('ageInWords', () => {
  it.each([
    [0, '1 s'],
    [4_200, '4 s'],
    [120_000, '2 min'],
    [7_200_000, '2 h'],
  ])('says %d ms as %s', (ageMs, words) => expect(ageInWords(ageMs)).toBe(words));
});
