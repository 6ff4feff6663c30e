import { Cohort } from 'guichet/kernel';
import { privately, varyWith } from './cohort-caching.js';

describe('what caches are told of an answer that depends on who asks', () => {
  it.each([
    ['public, max-age=60', 'private, max-age=60'],
    ['max-age=60, s-maxage=600,proxy-revalidate', 'private, max-age=60'],
    ['PUBLIC', 'private'],
    ['private, max-age=60', 'private, max-age=60'],
    ['private="x", max-age=60', 'private="x", max-age=60'],
    ['no-store', 'no-store'],
    ['', 'private'],
  ])('is for %j: %j', (said, told) => {
    expect(privately(said)).toBe(told);
  });

  it('is by what it varies, each name once', () => {
    const cohort = new Cohort(0, 'Authorization, Cookie, x-cohort');
    expect(varyWith(undefined, cohort)).toBe('Authorization, Cookie, x-cohort');
    expect(varyWith('accept-language, cookie', cohort)).toBe('accept-language, cookie, Authorization, x-cohort');
  });
});
