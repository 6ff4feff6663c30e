import type { ComponentChildren, VNode } from 'preact';
import type { FilmPayload } from '../payload';
import { BuyBox } from '../parts/buy-box';
import { PageTitle } from '../parts/page-title';
import { RatingGauges } from '../parts/ratings';
import { SectionNote } from '../parts/section-note';
import { Shelf } from '../parts/shelf';
import { FilmSkeleton } from '../parts/skeleton';
import { paletteOf, Poster } from '../poster/poster';
import { useShown } from '../use-shown';
import { usePage } from '../use-page';
import { inHours } from '../words';
import type { PageProps } from './page-props';
import { ProblemPage } from './problem';

interface FilmPageProps extends PageProps {
  readonly id: string;
}

/** One film: what it is, what it costs, what people say of it, what else to see. */
export function FilmPage({ id, visit, onShown }: FilmPageProps): VNode {
  const path = `/pages/films/${encodeURIComponent(id)}`;
  const { answer, asking, retry } = usePage<FilmPayload>(path, visit.key, visit.arrival === 'back');
  useShown(answer, onShown, page => page.film.title);

  if (answer === undefined) return <FilmSkeleton />;
  if (answer.kind === 'problem') {
    return <ProblemPage problem={answer.problem} wanted="film" asking={asking} onRetry={retry} />;
  }
  const { payload: page, states } = answer;
  const { film, ratings, similar } = page;
  return (
    <>
      <article class="film">
        <div class={`film-poster ${paletteOf(film)}`}>
          <Poster film={film} />
        </div>
        <div class="film-words">
          <p class="eyebrow">
            <span class={`chip ${paletteOf(film)}`}>{film.genre ?? 'No genre'}</span>
            <span>{film.year ?? 'Year unknown'}</span>
            {film.runningTimeMinutes !== null && <span>{inHours(film.runningTimeMinutes)}</span>}
            {film.mpaaRating !== null && <abbr title={`Rated ${film.mpaaRating} (MPAA)`}>{film.mpaaRating}</abbr>}
          </p>
          <PageTitle class="film-title">{film.title}</PageTitle>
          <p class="film-director">{film.director === null ? 'Director unknown' : `Directed by ${film.director}`}</p>
          <div class="film-columns">
            <BuyBox key={film.id} page={page} states={states} onRetry={retry} />
            <section class="ratings" aria-labelledby="ratings">
              <h2 id="ratings">Ratings</h2>
              {ratings !== undefined && <RatingGauges ratings={ratings} />}
              <SectionNote subject="Ratings" service="The ratings service" state={states['ratings']} onRetry={retry} />
            </section>
          </div>
          <dl class="facts">
            <Fact name="Released">{film.releaseDate}</Fact>
            <Fact name="Distributor">{film.distributor}</Fact>
            <Fact name="Source">{film.basis}</Fact>
          </dl>
        </div>
      </article>
      <Shelf id="similar" title="More like this" films={similar}>
        <SectionNote
          subject="Recommendations"
          service="The recommendations service"
          state={states['similar']}
          onRetry={retry}
        />
        {similar.length === 0 && states['similar'] === undefined && (
          <p class="quiet">There is nothing quite like it in the store.</p>
        )}
      </Shelf>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }): VNode | null {
  if (children === null) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
