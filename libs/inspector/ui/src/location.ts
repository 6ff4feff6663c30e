import { useEffect, useState } from 'preact/hooks';

const BASE = '/inspector/';

/** Where the visitor is: `executions/17`. */
export interface Place {
  readonly view: string;
  /** What of the view is looked at; empty where it is all. */
  readonly detail: string;
  readonly query: URLSearchParams;
}

const listeners = new Set<() => void>();

/** @returns the address of a place */
export function addressOf(view: string, detail = '', query: Readonly<Record<string, string>> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const search = given.length > 0 ? `?${new URLSearchParams(given).toString()}` : '';
  return `${BASE}${view}${detail && `/${encodeURIComponent(detail)}`}${search}`;
}

export function here(): Place {
  const [view = '', detail = ''] = location.pathname.slice(BASE.length).split('/');
  return { view, detail: decode(detail), query: new URLSearchParams(location.search) };
}

/** Goes to an address of the inspector. */
export function go(address: string, { replaces = false } = {}): void {
  history[replaces ? 'replaceState' : 'pushState'](undefined, '', address);
  for (const listener of listeners) listener();
}

/** Lets links within the inspector change the view instead of the document. */
export function followLinks(): void {
  addEventListener('popstate', () => listeners.forEach(listener => listener()));
  document.addEventListener('click', event => {
    const link = (event.target as Element).closest?.('a[href]');
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!(link instanceof HTMLAnchorElement) || !isPlain || link.target !== '' || event.defaultPrevented) return;
    if (
      link.origin !== location.origin ||
      !link.pathname.startsWith(BASE) ||
      link.getAttribute('href')!.startsWith('#')
    )
      return;
    event.preventDefault();
    go(link.href);
  });
}

export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const listener = () => setPlace(here());
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return place;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
