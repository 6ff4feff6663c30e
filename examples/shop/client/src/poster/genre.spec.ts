import { genreOf, lettering } from './genre';
import { Seed } from './seed';

describe('a poster', () => {
  it('has a plain style for a film without genre, and for a genre it does not know', () => {
    expect(genreOf(null)).toBe('none');
    expect(genreOf('Telenovela')).toBe('none');
    expect(genreOf('Thriller/Suspense')).toBe('thriller');
  });

  it('letters a title by its longest word and its length', () => {
    expect(lettering('Up')).toBe('fit-3 title-short');
    expect(lettering('The Exorcist')).toBe('fit-8 title-middling');
    expect(lettering('Supercalifragilisticexpialidocious')).toBe('fit-16 title-long');
  });

  it('is the same each time, and differs between films', () => {
    const draw = (title: string) => {
      const seed = new Seed(title);
      return [seed.next(), seed.between(10, 20), seed.below(5)];
    };
    expect(draw('Jaws')).toEqual(draw('Jaws'));
    expect(draw('Jaws')).not.toEqual(draw('Alien'));
  });
});
