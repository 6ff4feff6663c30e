import { filmById, filmBySku, films } from './films.js';

describe('films', () => {
  it('are all there, numbered from 1 in the order of the file', () => {
    expect(films).toHaveLength(3201);
    expect(films[0]).toMatchObject({ id: 1, sku: 'F0001', title: 'The Land Girls', releaseDate: 'Jun 12 1998' });
    expect(films[3200]).toMatchObject({ id: 3201, sku: 'F3201', title: 'The Mask of Zorro' });
  });

  it('are as dirty as they were', () => {
    expect(films.filter(film => typeof film.title === 'number')).toHaveLength(9);
    expect(films.filter(film => film.title === null)).toHaveLength(1);
    expect(films.filter(film => film.imdbRating === null)).toHaveLength(213);
  });

  it.each(['0', '3202', '-1', '1.5', '01', '1e2', ' 1', '', '../1'])('have none with the number %j', id => {
    expect(filmById(id)).toBeUndefined();
  });

  it('are found by number and by sku', () => {
    expect(filmById('22')!.title).toBe(1776);
    expect(filmBySku('F0022')).toBe(filmById(22));
    expect(filmBySku('F9999')).toBeUndefined();
  });
});
