import type { VNode } from 'preact';
import type { FilmTile, HomePayload } from '../payload';
import { PageTitle } from '../parts/page-title';
import { SectionNote } from '../parts/section-note';
import { Shelf } from '../parts/shelf';
import { ShelfSkeleton } from '../parts/skeleton';
import { Poster } from '../poster/poster';
import { useShown } from '../use-shown';
import { usePage } from '../use-page';
import type { PageProps } from './page-props';
import { ProblemPage } from './problem';

/** The shop window: what the store is proud of, shelf by shelf. */
export function HomePage({ visit, onShown }: PageProps): VNode {
  const { answer, asking, retry } = usePage<HomePayload>('/pages/home', visit.key, visit.arrival === 'back');
  useShown(answer, onShown, () => 'Shop window');

  if (answer?.kind === 'problem') {
    return <ProblemPage problem={answer.problem} wanted="page" asking={asking} onRetry={retry} />;
  }
  const page = answer?.payload;
  const states = answer?.states ?? {};
  return (
    <>
      <section class="window">
        <div class="window-words">
          <PageTitle>What are you watching tonight?</PageTitle>
          <p>Three thousand films, one counter. Order a disc, start a stream, or note it for later.</p>
        </div>
        <div class="window-posters" aria-hidden="true">
          {page !== undefined && displayOf(page).map(film => <Poster key={film.id} film={film} />)}
        </div>
      </section>
      {page === undefined && [0, 1, 2].map(i => <ShelfSkeleton key={i} />)}
      {page !== undefined && (
        <>
          <SectionNote subject="Prices" service="The pricing service" state={states['prices']} onRetry={retry} />
          <SectionNote subject="Ratings" service="The ratings service" state={states['ratings']} onRetry={retry} />
          {(page.picks.length > 0 || states['picks'] !== undefined) && (
            <Shelf
              id="picks"
              title={page.customer === null ? 'Picked by many' : `Picked for ${page.customer.name}`}
              films={page.picks}
              prices={page.prices}
              ratings={page.ratings}
            >
              <SectionNote
                subject="Your own picks"
                service="The profiles service"
                instead="These are everybody’s picks, not yours."
                state={states['customer']}
                onRetry={retry}
              />
              <SectionNote
                subject="Recommendations"
                service="The recommendations service"
                state={states['picks']}
                onRetry={retry}
              />
            </Shelf>
          )}
          {page.lists.map(list => (
            <Shelf
              key={list.name}
              id={list.name}
              title={list.title}
              films={list.films}
              prices={page.prices}
              ratings={page.ratings}
            />
          ))}
        </>
      )}
    </>
  );
}

/** Three films for the window: the first of the shelves, of three different genres. */
function displayOf(page: HomePayload): FilmTile[] {
  const display: FilmTile[] = [];
  for (const film of page.lists.flatMap(list => list.films)) {
    if (display.length < 3 && !display.some(other => other.genre === film.genre)) display.push(film);
  }
  return display;
}
