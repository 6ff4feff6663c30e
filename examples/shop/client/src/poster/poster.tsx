import type { VNode } from 'preact';
import type { FilmTile } from '../payload';
import { genreOf, lettering } from './genre';
import { motifOf } from './motif';
import { Seed } from './seed';

const PALETTES = 3;

/** The colours of a film's poster, as classes: also for what stands around it. */
export function paletteOf(film: FilmTile): string {
  return `genre-${genreOf(film.genre)} palette-${new Seed(film.title).below(PALETTES)}`;
}

/**
 * A film's poster, drawn from its title and genre: there are no pictures in the data. The same film has the same poster
 * everywhere. It is decoration; whoever places it writes the title beside it.
 */
export function Poster({ film }: { readonly film: FilmTile }): VNode {
  const genre = genreOf(film.genre);
  const seed = new Seed(`${film.title}#${film.id}`);
  const layout = ['title-above', 'title-below', 'title-below'][seed.below(3)];
  return (
    <div class={`poster ${paletteOf(film)} ${layout}`} aria-hidden="true">
      <p class={`poster-title ${lettering(film.title)}`}>{film.title}</p>
      <svg class="poster-art" viewBox="0 0 200 200" preserveAspectRatio="xMidYMid slice" focusable="false">
        {motifOf(genre, seed)}
      </svg>
      <p class="poster-line">
        <span>{film.genre ?? 'Film'}</span>
        <span>{film.year ?? ''}</span>
      </p>
    </div>
  );
}
