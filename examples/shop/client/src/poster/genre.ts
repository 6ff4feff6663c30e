/** The genres of the films' data, as names that stand in class attributes; `none` is a film without one. */
export const GENRES = {
  Action: 'action',
  Adventure: 'adventure',
  'Black Comedy': 'black-comedy',
  Comedy: 'comedy',
  'Concert/Performance': 'concert',
  Documentary: 'documentary',
  Drama: 'drama',
  Horror: 'horror',
  Musical: 'musical',
  'Romantic Comedy': 'romance',
  'Thriller/Suspense': 'thriller',
  Western: 'western',
} as const;

/** A genre as the posters know it. */
export type Genre = (typeof GENRES)[keyof typeof GENRES] | 'none';

/** The genre of a film; `none` for one without, and for a genre that has no style of its own. */
export function genreOf(name: string | null): Genre {
  return GENRES[name as keyof typeof GENRES] ?? 'none';
}

/** How the title stands on a poster: the longest word decides how large it may be, the length how many lines it takes. */
export function lettering(title: string): string {
  const longest = Math.max(...title.split(/\s+/).map(word => word.length), 3);
  const size = title.length <= 10 ? 'short' : title.length <= 20 ? 'middling' : title.length <= 36 ? 'long' : 'endless';
  return `fit-${Math.min(longest, 16)} title-${size}`;
}
