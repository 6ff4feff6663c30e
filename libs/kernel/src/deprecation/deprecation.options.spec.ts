import { callDeprecationSchema, type DeprecationOptions, deprecationSchema } from './deprecation.options.js';
import { dayOf, isRetired } from './sunset.js';

const since = '2026-10-01';

describe('what is said of an end', () => {
  it('is read as instants: a day begins by UTC', () => {
    const read = deprecationSchema.parse({ since, sunset: '2027-01-31T12:00:00+01:00' });
    expect(read).toEqual({
      since: Date.UTC(2026, 9, 1),
      sunset: Date.UTC(2027, 0, 31, 11),
      afterSunset: 'serve',
    });
    expect(dayOf(read.since)).toBe('2026-10-01');
    expect(dayOf(read.sunset!)).toBe('2027-01-31T11:00:00Z');
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no date', { since: 'soon' }, 'since'],
    ['a day that there is not', { since: '2026-02-30' }, 'since'],
    ['an instant without its zone', { since: '2026-10-01T12:00:00' }, 'since'],
    ['a number', { since: 1_790_000_000 }, 'since'],
    ['a sunset before it is deprecated', { sunset: '2026-09-30' }, 'sunset'],
    ['an end without its day', { afterSunset: 'gone' }, 'afterSunset'],
    ['a successor that ends the header', { successor: '/a>; rel="x"' }, 'successor'],
    ['a successor with a line break', { successor: '/a\r\nSet-Cookie: a=b' }, 'successor'],
    ['a successor elsewhere that looks like a path', { successor: '//evil.example/a' }, 'successor'],
    ['a script', { successor: 'javascript:alert(1)' }, 'successor'],
    ['a page of files', { details: 'file:///etc/passwd' }, 'details'],
    ['an unknown word', { until: since }, ''],
  ])('is refused with %s', (_, wrong, path) => {
    const { error } = deprecationSchema.safeParse({ since, ...wrong } as DeprecationOptions);
    expect(error?.issues.map(issue => issue.path.join('.'))).toEqual([path]);
  });

  it('is refused in the wrong order of calls, too', () => {
    expect(callDeprecationSchema.safeParse({ since, sunset: '2026-09-30' }).success).toBe(false);
    expect(callDeprecationSchema.parse({ since })).toEqual({ since: Date.UTC(2026, 9, 1), retired: false });
  });

  it('has come at the instant of its sunset, or when it says so', () => {
    const sunset = Date.UTC(2027, 0, 1);
    expect(isRetired({ sunset }, sunset - 1)).toBe(false);
    expect(isRetired({ sunset }, sunset)).toBe(true);
    expect(isRetired({}, sunset)).toBe(false);
    expect(isRetired({ retired: true }, 0)).toBe(true);
  });
});
