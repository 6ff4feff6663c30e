import { callDeprecationSchema, deprecationSchema } from 'guichet/kernel';
import { bySoonest, endingOf } from './ending.js';

const NOW = Date.UTC(2026, 5, 1);
const DAY_MS = 86_400_000;

const page = (options: object) => endingOf(deprecationSchema.parse({ since: '2026-01-01', ...options }), NOW);
const call = (options: object) => endingOf(callDeprecationSchema.parse({ since: '2026-01-01', ...options }), NOW);

describe('how far something is on its way out', () => {
  it.each([
    ['announced', page({ since: '2026-06-02' })],
    ['announced', page({ since: '2026-06-02', sunset: '2026-06-03' })],
    ['deprecated', page({})],
    ['deprecated', page({ since: '2026-06-01' })],
    ['ending', page({ sunset: '2026-06-02' })],
    ['ended', page({ sunset: '2026-06-01' })],
    ['ended', call({ retired: true })],
    ['ended', call({ retired: true, since: '2027-01-01', sunset: '2028-01-01' })],
  ])('is %s', (state, view) => expect(view.state).toBe(state));

  it('is told with its days and how far they are', () => {
    expect(page({ since: '2026-05-30', sunset: '2026-06-11T12:00:00+02:00' })).toEqual({
      state: 'ending',
      since: '2026-05-30',
      sinceInMs: -2 * DAY_MS,
      sunset: '2026-06-11T10:00:00Z',
      sunsetInMs: 10 * DAY_MS + 36_000_000,
    });
    expect(page({})).toMatchObject({ sunset: undefined, sunsetInMs: undefined });
  });

  it('sorts what is over first, then by the days that are left', () => {
    const endless = page({});
    const later = page({ sunset: '2027-01-01' });
    const soon = page({ sunset: '2026-06-02' });
    const over = page({ sunset: '2026-02-01' });
    const declared = call({ retired: true, sunset: '2028-01-01' });
    const all = [endless, later, declared, soon, over, endless];
    expect(all.sort(bySoonest)).toEqual([over, declared, soon, later, endless, endless]);
  });
});
