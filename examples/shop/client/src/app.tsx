import type { VNode } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { addressIn, restoreScroll, useVisit, type Visit } from './location';
import { Footer } from './parts/footer';
import { Header } from './parts/header';
import { TakesFocus } from './parts/page-title';
import { AccountPage } from './pages/account';
import { FilmPage } from './pages/film';
import { HomePage } from './pages/home';
import type { PageProps } from './pages/page-props';
import { NowherePage } from './pages/problem';
import { SearchPage } from './pages/search';
import { routeOf, type Route } from './route';

/** The store: head, page, foot. */
export function App(): VNode {
  const visit = useVisit();
  const route = routeOf(visit.url);
  const [shown, setShown] = useState('');
  const settled = useRef<Visit | undefined>(undefined);

  const onShown = useCallback(
    (title: string) => {
      document.title = `${title} · Guichet Video`;
      setShown(title);
      if (settled.current === visit) return; // a retry: the visitor stays where they are
      settled.current = visit;
      if (visit.arrival !== 'arrive') restoreScroll(visit);
    },
    [visit],
  );

  useEffect(() => {
    if (visit.arrival === 'follow') window.scrollTo({ top: 0, behavior: 'instant' });
  }, [visit]);

  return (
    <>
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <Header route={route} />
      <main id="main" tabIndex={-1}>
        <TakesFocus.Provider value={visit.arrival !== 'arrive'}>
          <Page key={visit.key + addressIn(visit.url)} route={route} visit={visit} onShown={onShown} />
        </TakesFocus.Provider>
      </main>
      <Footer />
      <p class="hidden-words" role="status">
        {shown}
      </p>
    </>
  );
}

function Page({ route, ...props }: PageProps & { readonly route: Route }): VNode {
  switch (route.kind) {
    case 'home':
      return <HomePage {...props} />;
    case 'search':
      return <SearchPage {...props} query={route.query} page={route.page} />;
    case 'film':
      return <FilmPage {...props} id={route.id} />;
    case 'account':
      return <AccountPage {...props} />;
    case 'nowhere':
      return <NowherePage {...props} />;
  }
}
