import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { go } from '../location';
import { addressOf, type Route } from '../route';
import { Counter } from './counter';
import { Icon } from './icon';

/** The head of every page: the way home, the search, and who is at the counter. */
export function Header({ route }: { readonly route: Route }): VNode {
  const field = useRef<HTMLInputElement>(null);
  const query = route.kind === 'search' ? route.query : '';
  useEffect(() => {
    if (field.current !== null) field.current.value = query;
  }, [query]);

  function search(event: Event): void {
    event.preventDefault();
    const wanted = field.current?.value.trim() ?? '';
    if (wanted === '') field.current?.focus();
    else go(addressOf({ kind: 'search', query: wanted, page: 1 }));
  }

  return (
    <header class="head">
      <div class="head-inner">
        <a class="brand" href="/" aria-current={route.kind === 'home' ? 'page' : undefined}>
          <svg class="brand-mark" viewBox="0 0 32 24" aria-hidden="true" focusable="false">
            <path d="M1 2h30v6.500a3.500 3.500 0 0 0 0 7V22H1v-6.500a3.500 3.500 0 0 0 0-7z" />
            <path class="brand-play" d="m12.500 7 9 5-9 5z" />
          </svg>
          <span>
            Guichet <em>Video</em>
          </span>
        </a>
        <form class="search" role="search" action="/search" method="get" onSubmit={search}>
          <label class="hidden-words" for="query">
            Search films by title
          </label>
          <input
            ref={field}
            id="query"
            name="query"
            type="search"
            placeholder="Search 3,201 films"
            autocomplete="off"
            enterkeyhint="search"
            maxlength={100}
            defaultValue={query}
          />
          <button type="submit" aria-label="Search">
            <Icon name="search" />
          </button>
        </form>
        <Counter />
      </div>
    </header>
  );
}
