import type { VNode } from 'preact';

/** Empty places where films will stand. */
export function ShelfSkeleton(): VNode {
  return (
    <div class="shelf skeleton" aria-hidden="true">
      <div class="bone bone-heading" />
      <ul class="films films-row">
        {Array.from({ length: 6 }, (_, i) => (
          <li key={i}>
            <div class="bone bone-poster" />
            <div class="bone bone-line" />
            <div class="bone bone-line bone-short" />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The outline of a film page. */
export function FilmSkeleton(): VNode {
  return (
    <div class="film skeleton" aria-hidden="true">
      <div class="film-poster">
        <div class="bone bone-poster" />
      </div>
      <div class="film-words">
        <div class="bone bone-line bone-short" />
        <div class="bone bone-title" />
        <div class="bone bone-line" />
        <div class="bone bone-block" />
        <div class="bone bone-block" />
      </div>
    </div>
  );
}
