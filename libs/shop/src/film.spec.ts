import { films } from '../../../examples/shop/services/data/films.js';
import { filmCardSchema, filmIdSchema, filmSchema } from './film.js';

const read = films.map(film => filmSchema.parse(film));

describe('the schema of a film', () => {
  it('reads every film of the store', () => {
    expect(films.every(film => filmSchema.safeParse(film).success)).toBe(true);
    expect(films.every(film => filmCardSchema.safeParse(film).success)).toBe(true);
  });

  it('gives titles as texts, the missing one as null', () => {
    expect(read[21]!.title).toBe('1776');
    expect(read.filter(film => film.title === null)).toHaveLength(1);
    expect(read.every(film => film.title === null || film.title.trim() !== '')).toBe(true);
  });

  it('puts years into their century', () => {
    const years = read.map(film => film.year).filter(year => year !== null);
    expect(years).toHaveLength(3201);
    expect([Math.min(...years), Math.max(...years)]).toEqual([1915, 2011]);
    // "Over the Hill to the Poorhouse" stands in the file as of 2020.
    expect(read[15]).toMatchObject({ year: 1920, releaseDate: expect.stringMatching(/ 1920$/) });
  });

  it('says null for whatever a film lacks', () => {
    const bare = filmSchema.parse({ id: 1, sku: 'F0001' });
    expect(bare).toEqual({
      id: 1,
      sku: 'F0001',
      title: null,
      year: null,
      releaseDate: null,
      genre: null,
      director: null,
      distributor: null,
      mpaaRating: null,
      basis: null,
      runningTimeMinutes: null,
    });
  });

  it('refuses what is no film', () => {
    expect(filmSchema.safeParse({ title: 'Alien' }).success).toBe(false);
    expect(filmSchema.safeParse({ id: '1', sku: 'F0001' }).success).toBe(false);
  });
});

describe('the number of a film', () => {
  it('is read from a path', () => expect(filmIdSchema.parse('3201')).toBe(3201));

  it.each([
    '0',
    '-1',
    '1.5',
    '01',
    '1e2',
    ' 1',
    '',
    '../../admin',
    '//evil',
    '%2e%2e%2f',
    '?x=',
    '1\r\n',
    'x'.repeat(10_000),
  ])('is not %j', text => expect(filmIdSchema.safeParse(text).success).toBe(false));
});
