import type { VNode } from 'preact';
import { RESULTS_PER_PAGE, type SearchPayload } from '../payload';
import { PageTitle } from '../parts/page-title';
import { SectionNote } from '../parts/section-note';
import { FilmGrid } from '../parts/shelf';
import { ShelfSkeleton } from '../parts/skeleton';
import { addressOf } from '../route';
import { NOTHING_ASKED, useShown } from '../use-shown';
import { usePage } from '../use-page';
import { counted } from '../words';
import type { PageProps } from './page-props';
import { ProblemPage } from './problem';

interface SearchPageProps extends PageProps {
  readonly query: string;
  readonly page: number;
}

/** What the store has under a text. */
export function SearchPage(props: SearchPageProps): VNode {
  return props.query === '' ? <NothingAsked {...props} /> : <Results {...props} />;
}

function NothingAsked({ onShown }: PageProps): VNode {
  useShown(NOTHING_ASKED, onShown, () => 'Search');
  return (
    <section class="results">
      <PageTitle>Search the shelves</PageTitle>
      <p class="quiet">Type a part of a title above: “king”, “1776”, “night”.</p>
    </section>
  );
}

function Results({ query, page, visit, onShown }: SearchPageProps): VNode {
  const path = `/pages/search?query=${encodeURIComponent(query)}&page=${page}`;
  const { answer, asking, retry } = usePage<SearchPayload>(path, visit.key, visit.arrival === 'back');
  useShown(answer, onShown, () => `“${query}”`);

  if (answer?.kind === 'problem') {
    return <ProblemPage problem={answer.problem} wanted="page" asking={asking} onRetry={retry} />;
  }
  if (answer === undefined) {
    return (
      <section class="results">
        <p class="results-title">Looking for “{query}”</p>
        <ShelfSkeleton />
      </section>
    );
  }
  const { results, prices, ratings } = answer.payload;
  return (
    <section class="results">
      <PageTitle class="results-title">
        {results.total === 0 ? 'Nothing' : counted(results.total, 'film')} under “{query}”
      </PageTitle>
      {results.total === 0 && <p class="quiet">Try fewer letters: the search looks for them anywhere in a title.</p>}
      <SectionNote subject="Prices" service="The pricing service" state={answer.states['prices']} onRetry={retry} />
      <SectionNote subject="Ratings" service="The ratings service" state={answer.states['ratings']} onRetry={retry} />
      {results.films.length > 0 && <h2 class="hidden-words">Films</h2>}
      <FilmGrid films={results.films} prices={prices} ratings={ratings} />
      <Pages query={query} page={page} pages={Math.ceil(results.total / RESULTS_PER_PAGE)} />
    </section>
  );
}

/** The way through the pages of the results; nothing where one page has them all. */
function Pages({
  query,
  page,
  pages,
}: Pick<SearchPageProps, 'query' | 'page'> & { readonly pages: number }): VNode | null {
  if (pages <= 1) return null;
  const to = (other: number) => addressOf({ kind: 'search', query, page: other });
  return (
    <nav class="pages" aria-label="Pages of results">
      {page > 1 && (
        <a class="button" href={to(page - 1)} rel="prev">
          Previous
        </a>
      )}
      <span class="quiet">
        Page {page} of {pages}
      </span>
      {page < pages && (
        <a class="button" href={to(page + 1)} rel="next">
          Next
        </a>
      )}
    </nav>
  );
}
