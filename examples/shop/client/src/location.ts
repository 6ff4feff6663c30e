import { useEffect, useState } from 'preact/hooks';

/** How the visitor came to the present address: `arrive` is the first load, `back` also stands for forward. */
export type Arrival = 'arrive' | 'follow' | 'back';

/** One visit of an address. `key` tells two visits of the same address apart. */
export interface Visit {
  readonly url: URL;
  readonly arrival: Arrival;
  readonly key: string;
}

const listeners = new Set<(visit: Visit) => void>();
const scrolls = new Map<string, number>();
let current = visitNow('arrive');

/** The present visit; the component renders again when the visitor goes elsewhere. */
export function useVisit(): Visit {
  const [visit, setVisit] = useState(current);
  useEffect(() => {
    listeners.add(setVisit);
    return () => void listeners.delete(setVisit);
  }, []);
  return visit;
}

/** What of a URL decides which page is shown: all but the fragment. */
export function addressIn(url: URL): string {
  return url.pathname + url.search;
}

/** Goes to an address of this origin without loading the document again. */
export function go(href: string): void {
  rememberScroll();
  history.pushState({ key: freshKey() }, '', href);
  announce('follow');
}

/** Puts the window where it was when the visitor left this visit; at the top when it is new. */
export function restoreScroll(visit: Visit): void {
  window.scrollTo({ top: scrolls.get(visit.key) ?? 0, behavior: 'instant' });
}

/** Makes the browser's back button and every plain link of this origin go through the history. Call it once. */
export function followLinks(): void {
  history.scrollRestoration = 'manual';
  window.addEventListener('popstate', () => {
    if (addressIn(new URL(window.location.href)) === addressIn(current.url)) return; // the skip link: the same page
    rememberScroll();
    announce('back');
  });
  document.addEventListener('click', event => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || !isPlainClick(event) || !staysHere(link)) return;
    event.preventDefault();
    go(link.href);
  });
}

function announce(arrival: Arrival): void {
  current = visitNow(arrival);
  for (const listener of listeners) listener(current);
}

function visitNow(arrival: Arrival): Visit {
  const state: unknown = history.state;
  const key = typeof state === 'object' && state !== null && 'key' in state ? String(state.key) : 'first';
  return { url: new URL(window.location.href), arrival, key };
}

function rememberScroll(): void {
  scrolls.set(current.key, window.scrollY);
}

function freshKey(): string {
  return Math.random().toString(36).slice(2);
}

function isPlainClick(event: MouseEvent): boolean {
  const held = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  return event.button === 0 && !held && !event.defaultPrevented;
}

function staysHere(link: HTMLAnchorElement): boolean {
  // A link with only a fragment (the skip link) is the browser's own business.
  const isFragment = link.getAttribute('href')?.startsWith('#') ?? true;
  // The login's doors are the BFF's, not pages of the store.
  const isOutside = link.dataset['outside'] !== undefined;
  return (
    link.origin === window.location.origin &&
    !isOutside &&
    link.target === '' &&
    !link.hasAttribute('download') &&
    !isFragment
  );
}
