import { LocaleMatcher } from './locale-matcher.js';

describe('LocaleMatcher', () => {
  const matcher = new LocaleMatcher(['en-GB', 'de', 'fr-CA', 'zh-CN', 'zh-TW']);

  it.each([
    ['de', 'de'],
    ['DE-at', 'de'],
    ['de-CH-1996, en;q=0.8', 'de'],
    ['en', 'en-GB'],
    ['en-US,de;q=0.5', 'en-GB'],
    ['fr', 'fr-CA'],
    ['zh-Hant-HK', 'zh-TW'],
    ['zh', 'zh-CN'],
    ['nl, de;q=0.7, fr;q=0.9', 'fr-CA'],
    ['nl', 'en-GB'],
    ['*', 'en-GB'],
    ['*, en-GB;q=0', 'de'],
    ['nl, en;q=0', 'de'],
    ['de;q=0.5, fr;q=0.5', 'de'],
    ['', 'en-GB'],
    [undefined, 'en-GB'],
    ['de;q=junk, fr', 'fr-CA'],
    ['\u0000,;;;q=,-', 'en-GB'],
    [`de,${'x'.repeat(1000)}`, 'en-GB'],
  ])('%j gets %s', (header, locale) => {
    expect(matcher.match(header)).toBe(locale);
    expect(matcher.match(header)).toBe(locale);
  });

  it('is silent where the app declares no locale', () => {
    expect(new LocaleMatcher([]).match('de')).toBeUndefined();
  });

  it('refuses what is not a language tag', () => {
    expect(() => new LocaleMatcher(['english please'])).toThrow(RangeError);
  });

  it('remembers a bounded number of headers', () => {
    for (let i = 0; i < 5000; i++) matcher.match(`de, x${i};q=0.1`);
    expect((matcher as unknown as { cache: Map<string, string> }).cache.size).toBeLessThanOrEqual(512);
  });
});
